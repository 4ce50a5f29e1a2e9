// A payload as numbered lines with the fault marked: JSON laid out, other text as it came, bytes in hexadecimal. Pure.
import { findFault } from './fault-place.ts';
import { parseJsonTree, pathsOf, toLines, type Line, type Token } from './json-lines.ts';

export interface Laid {
  lines: Line[];
  form: 'json' | 'text';
  /** Whether the place of the fault was found, or only where the missing field should be. */
  fault: 'there' | 'missing' | 'unplaced';
}

const widestTextLine = 400;

/** @param field as the adapter named it; null when the whole message is at fault. */
export function layOut(text: string, field: string | null): Laid {
  const tree = parseJsonTree(text);
  if (tree === undefined) return layOutText(text, field);
  const place = findFault(field, pathsOf(tree));
  const lines = toLines(tree, place?.path);
  const broken = lines.some(({ tokens }) => tokens.some(({ kind }) => kind === 'broken'));
  return { lines, form: 'json', fault: place?.is ?? (broken ? 'there' : 'unplaced') };
}

/** XML and CSV: elements on lines of their own; the element or column that bears the field's name is marked. */
function layOutText(text: string, field: string | null): Laid {
  const spread = /^\s*</.test(text) ? text.replace(/>\s*</g, '>\n<') : text;
  const name =
    field === null
      ? undefined
      : field
          .replace(/\[\w+\]/g, '')
          .split('.')
          .at(-1);
  const pattern = name && /^[\w:-]+$/.test(name) ? new RegExp(`<${name}[\\s>/]`) : undefined;
  let placed = false;
  const lines = spread.split(/\r?\n/).map((line): Line => {
    const bad = !placed && pattern !== undefined && pattern.test(line);
    placed ||= bad;
    const shown = line.length > widestTextLine ? `${line.slice(0, widestTextLine)}…` : line;
    return { indent: 0, bad, tokens: [{ kind: 'word', text: shown, ...(bad ? { bad } : {}) }] };
  });
  return { lines, form: 'text', fault: placed ? 'there' : 'unplaced' };
}

const bytesALine = 16;
const mostHexBytes = 8192;

/** Offset, sixteen bytes, and what of them is ASCII. */
export function hexLines(bytes: Uint8Array): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < Math.min(bytes.length, mostHexBytes); at += bytesALine) {
    const row = [...bytes.subarray(at, at + bytesALine)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = `${hex.slice(0, 8).join(' ').padEnd(23)}  ${hex.slice(8).join(' ').padEnd(23)}`;
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    const tokens: Token[] = [
      { kind: 'key', text: at.toString(16).padStart(6, '0') },
      { kind: 'number', text: `  ${halves}  ` },
      { kind: 'text', text: ascii },
    ];
    lines.push({ indent: 0, bad: false, tokens });
  }
  return lines;
}

/** The bytes of a payload as the server sends it; empty when base64 is broken. */
export function bytesOf({ payload, encoding }: { payload: string; encoding: 'utf8' | 'base64' }): Uint8Array {
  if (encoding === 'utf8') return new TextEncoder().encode(payload);
  try {
    return Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

export interface Window {
  lines: readonly Line[];
  /** Number of the first line that is shown, less one. */
  before: number;
  after: number;
}

const mostLines = 1200;

/** Of a very long payload, what stands around the fault. */
export function aroundFault(lines: readonly Line[]): Window {
  if (lines.length <= mostLines) return { lines, before: 0, after: 0 };
  const bad = Math.max(
    0,
    lines.findIndex((line) => line.bad),
  );
  const before = Math.max(0, Math.min(bad - mostLines / 2, lines.length - mostLines));
  return {
    lines: lines.slice(before, before + mostLines),
    before,
    after: lines.length - before - mostLines,
  };
}
