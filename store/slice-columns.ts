// The columns of a slice: numbers of the store as places in a list, and the rows that belong to it.

/** Columns as the database joins them: one text of numbers a column costs a fraction of a row a change. */
export type Columns<Name extends string> = Record<Name, (number | null)[]>;

/** Numbers of the store as places in a list of ids, of those only that are used. */
export class Places {
  readonly used: string[] = [];
  readonly #names: ReadonlyMap<number, string>;
  readonly #places = new Map<number, number>();

  constructor(names: ReadonlyMap<number, string>) {
    this.#names = names;
  }

  of(no: number): number | undefined {
    const known = this.#places.get(no);
    const name = this.#names.get(no);
    if (known !== undefined || name === undefined) return known;
    this.#places.set(no, this.used.length);
    return this.used.push(name) - 1;
  }
}

/** The rows of a table that lie before the cut and belong to an asset that is shown. */
export class Kept<C extends { no: (number | null)[]; t: (number | null)[] }> {
  readonly assets: number[] = [];
  readonly #rows: number[] = [];
  readonly #columns: C | undefined;

  constructor(columns: C | undefined, cutMs: number, index: Places) {
    this.#columns = columns;
    for (let row = 0; row < (columns?.no.length ?? 0); row++) {
      if (columns!.t[row]! > cutMs) break;
      const place = index.of(columns!.no[row]!);
      if (place === undefined) continue;
      this.assets.push(place);
      this.#rows.push(row);
    }
  }

  of(name: keyof C): number[] {
    const column = this.#columns?.[name] as unknown as number[] | undefined;
    return column === undefined ? [] : this.#rows.map((row) => column[row]!);
  }
}
