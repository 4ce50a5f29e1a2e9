// What every change of a row with a version may find: somebody else was quicker, or the row is gone.

/** Somebody changed the row since it was seen; `current` is how it stands. */
export class StaleVersionError<T> extends Error {
  override name = 'StaleVersionError';
  readonly current: T;

  constructor(current: T) {
    super('it was changed meanwhile');
    this.current = current;
  }
}
