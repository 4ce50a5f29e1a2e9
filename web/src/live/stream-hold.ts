// Keeps what one looks at in its place while rows come, go and move about it. Pure.

/**
 * By how many rows that which is in sight has moved: what most of it says, so that the one row that was acknowledged and
 * went elsewhere takes nobody along. 0 when none of it is left.
 * @param inSight keys of the rows in sight before, the first of them at index `from`.
 */
export function shiftOf(inSight: readonly string[], from: number, now: readonly { key: string }[]): number {
  const before = new Map(inSight.map((key, n) => [key, from + n]));
  const votes = new Map<number, number>();
  for (const [index, { key }] of now.entries()) {
    const was = before.get(key);
    if (was !== undefined) votes.set(index - was, (votes.get(index - was) ?? 0) + 1);
  }
  let shift = 0;
  let most = 0;
  for (const [by, count] of votes) if (count > most) [shift, most] = [by, count];
  return shift;
}
