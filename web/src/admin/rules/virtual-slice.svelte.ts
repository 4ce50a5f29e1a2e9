// The rows of a table that are in sight, for lists too long to draw whole.
import { visibleRows, type Slice } from '../../ui/visible-rows.ts';

export class VirtualSlice {
  scrollTop = $state(0);
  viewPx = $state(600);
  readonly #rowPx: number;

  constructor(rowPx: number) {
    this.#rowPx = rowPx;
  }

  of(count: number): Slice {
    return visibleRows(count, this.#rowPx, this.scrollTop, this.viewPx);
  }
}
