// A column of whole numbers that grows: millions of stop times in 4 bytes a value.

export class IntColumn {
  #values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** As many as were pushed. */
  values(): Int32Array {
    return this.#values.subarray(0, this.length);
  }
}
