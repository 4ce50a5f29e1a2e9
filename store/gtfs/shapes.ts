// The points of shapes.txt, collected in the order they come and put in the order of their sequence.
import { IntColumn } from './int-column.ts';

/** 1e-6 degrees are 0.11 m. */
export const toE6 = (degrees: number): number => Math.round(degrees * 1e6);

export class ShapePoints {
  readonly #numbers = new Map<string, number>();
  readonly #points: { lats: IntColumn; lons: IntColumn; sequences: IntColumn }[] = [];

  get count(): number {
    return this.#points.length;
  }

  noOf(shapeId: string): number | undefined {
    return this.#numbers.get(shapeId);
  }

  add(shapeId: string, lat: number, lon: number, sequence: number): void {
    let no = this.#numbers.get(shapeId);
    if (no === undefined) {
      no = this.#points.length;
      this.#numbers.set(shapeId, no);
      this.#points.push({ lats: new IntColumn(), lons: new IntColumn(), sequences: new IntColumn() });
    }
    const { lats, lons, sequences } = this.#points[no]!;
    lats.push(toE6(lat));
    lons.push(toE6(lon));
    sequences.push(sequence);
  }

  /** In order, 1e-6 degrees. */
  path(no: number): { latsE6: number[]; lonsE6: number[] } {
    const { lats, lons, sequences } = this.#points[no]!;
    const order = Array.from({ length: sequences.length }, (_, at) => at);
    order.sort((a, b) => sequences.at(a) - sequences.at(b));
    return { latsE6: order.map((at) => lats.at(at)), lonsE6: order.map((at) => lons.at(at)) };
  }
}
