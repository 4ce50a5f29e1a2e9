// A payload laid out with its fault in place: JSON as it was sent, broken text, XML, bytes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFault } from '../../web/src/admin/rejects/fault-place.ts';
import { parseJsonTree, pathsOf, type Line } from '../../web/src/admin/rejects/json-lines.ts';
import { aroundFault, bytesOf, hexLines, layOut } from '../../web/src/admin/rejects/payload-lines.ts';

const textOf = (line: Line): string => '  '.repeat(line.indent) + line.tokens.map((one) => one.text).join('');
const badOf = (payload: unknown, field: string | null): string[] =>
  layOut(typeof payload === 'string' ? payload : JSON.stringify(payload), field)
    .lines.filter((line) => line.bad)
    .map((line) => textOf(line).trim());

const uplink = {
  end_device_ids: { device_id: 'pdam-t-14', dev_eui: 'A84041C2D1846F10' },
  received_at: '2026-11-24T13:43:50.911Z',
  uplink_message: { f_port: 2, frm_payload: 'AWcBEA==', decoded_payload: { pressure: 0.6, a: [1, [2]] } },
};

test('short objects stay on their line, long ones are laid out', () => {
  expect(layOut(JSON.stringify(uplink), null).lines.map(textOf)).toEqual([
    '{',
    '  "end_device_ids": { "device_id": "pdam-t-14", "dev_eui": "A84041C2D1846F10" },',
    '  "received_at": "2026-11-24T13:43:50.911Z",',
    '  "uplink_message": {',
    '    "f_port": 2,',
    '    "frm_payload": "AWcBEA==",',
    '    "decoded_payload": {',
    '      "pressure": 0.6,',
    '      "a": [',
    '        1,',
    '        [2]',
    '      ]',
    '    }',
    '  }',
    '}',
  ]);
});

describe('the place of a fault', () => {
  test.each([
    ['uplink_message.frm_payload', '"frm_payload": "AWcBEA==",'],
    ['uplink_message.decoded_payload.pressure', '"pressure": 0.6,'],
    ['uplink_message.decoded_payload.a[1]', '[2]'],
    ['pressure', '"pressure": 0.6,'],
    // In our words, found by what other formats call it.
    ['observedAt', '"received_at": "2026-11-24T13:43:50.911Z",'],
    // Not there: the object that should hold it.
    [
      'end_device_ids.join_eui',
      '"end_device_ids": { "device_id": "pdam-t-14", "dev_eui": "A84041C2D1846F10" },',
    ],
  ])('%s', (field, line) => expect(badOf(uplink, field)).toEqual([line]));

  test('nothing is blamed without reason', () => {
    expect(badOf(uplink, null)).toEqual([]);
    expect(layOut(JSON.stringify(uplink), 'nowhere').fault).toBe('unplaced');
    expect(findFault('constructor', ['a'])).toBeUndefined();
    expect(findFault('x.__proto__', ['a'])).toBeUndefined();
  });

  test('names like __proto__ are names', () =>
    expect(badOf('{"__proto__":{"constructor":1}}', '__proto__.constructor')).toEqual(['"constructor": 1']));
});

test('what was sent stays: long numbers, escapes, a name given twice', () => {
  const lines = layOut('{"n":12345678901234567890.10,"s":"\\u00e9","n":1}', null).lines.map(textOf);
  expect(lines).toEqual(['{', '  "n": 12345678901234567890.10,', '  "s": "\\u00e9",', '  "n": 1', '}']);
});

test('a text that ends early is read as far as it goes, and its end is the fault', () => {
  const { lines, fault } = layOut('{"a":1,"b":{"c":"unfini', 'schema');
  expect(lines.map(textOf)).toEqual(['{', '  "a": 1,', '  "b": {', '    "c": "unfini']);
  expect(lines.at(-1)!.bad).toBe(true);
  expect(fault).toBe('there');
});

test('XML: an element a line, the one at fault marked', () => {
  const cap = '<alert><identifier>1</identifier><sent>soon</sent></alert>';
  expect(badOf(cap, 'alert.sent')).toEqual(['<sent>soon</sent>']);
  expect(layOut(cap, 'alert.sent').lines).toHaveLength(4);
});

test('bytes: offset, hexadecimal, what is ASCII', () => {
  const lines = hexLines(bytesOf({ payload: btoa('Simpang\u0000\u0001 empat simpang'), encoding: 'base64' }));
  expect(lines.map(textOf)).toEqual([
    '000000  53 69 6d 70 61 6e 67 00  01 20 65 6d 70 61 74 20  Simpang·· empat ',
    '000010  73 69 6d 70 61 6e 67                              simpang',
  ]);
  expect(bytesOf({ payload: '%%%', encoding: 'base64' })).toHaveLength(0);
});

test('of a very long payload the lines around the fault are shown', () => {
  const many = JSON.stringify({ list: Array.from({ length: 9000 }, (_, n) => ({ n, deep: [[n]] })) });
  const { lines } = layOut(many, 'list.8000.n');
  const shown = aroundFault(lines);
  expect(shown.lines.length).toBeLessThanOrEqual(1200);
  expect(shown.lines.some((line) => line.bad)).toBe(true);
  expect(shown.before + shown.lines.length + shown.after).toBe(lines.length);
});

test('deep nesting and any text do no harm', () => {
  expect(layOut('['.repeat(50_000), null).lines.length).toBeGreaterThan(1);
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string()), (text, field) => {
      expect(layOut(text, field).lines.length).toBeGreaterThan(0);
    }),
  );
});

test('any JSON is laid out without loss, and every path is found', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      fc.pre(/^\s*[[{]/.test(text));
      const laid = layOut(text, null).lines.map(textOf).join('\n');
      expect(JSON.parse(laid)).toEqual(JSON.parse(text));
      // A member without a name, or with a dot or bracket in it, has a path that is another's too.
      if (/"[^"]*[.[\]][^"]*"\s*:|""\s*:/.test(text)) return;
      for (const path of pathsOf(parseJsonTree(text)!).slice(0, 5))
        expect(findFault(path, pathsOf(parseJsonTree(text)!))).toBeDefined();
    }),
  );
});
