// Things of one place stand in a column, and those alone where they are.
import { expect, test } from 'vitest';
import { Stacks } from '../../web/src/map/layers/stacks.ts';

test('one alone is where it is; those of one place stand one above the other, in a steady order', () => {
  const stacks = new Stacks();
  expect(stacks.put('b', 99.06, 2.95)).toEqual(['b']);
  expect(stacks.shiftOf('b')).toBeUndefined();
  expect(stacks.put('a', 99.060001, 2.95)).toEqual(['a', 'b']);
  expect([stacks.shiftOf('a'), stacks.shiftOf('b')]).toEqual([-12, 12]);
  expect(stacks.put('a', 99.06, 2.95)).toEqual([]);
  expect(stacks.put('c', 99.06, 2.95)).toEqual(['a', 'b', 'c']);
  expect([stacks.shiftOf('a'), stacks.shiftOf('b'), stacks.shiftOf('c')]).toEqual([-24, 0, 24]);
});

test('who moves or goes leaves the others closed up', () => {
  const stacks = new Stacks();
  for (const id of ['a', 'b', 'c']) stacks.put(id, 99.06, 2.95);
  expect(stacks.put('a', 99.07, 2.95)).toEqual(['b', 'c', 'a']);
  expect(stacks.shiftOf('a')).toBeUndefined();
  expect(stacks.remove('c')).toEqual(['b']);
  expect(stacks.shiftOf('b')).toBeUndefined();
  expect(stacks.remove('nobody')).toEqual([]);
});
