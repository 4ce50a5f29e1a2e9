// JSON as lines that people read, each value remembering its place, so that a fault can be shown where it is. Pure.
// It keeps the text as it was sent (numbers, escapes, repeated names), and reads as far as a broken text goes.

export type TokenKind = 'key' | 'text' | 'number' | 'word' | 'mark' | 'broken';

export interface Token {
  kind: TokenKind;
  text: string;
  /** Whether the fault is here. */
  bad?: boolean;
}

export interface Line {
  indent: number;
  tokens: Token[];
  bad: boolean;
}

interface Node {
  key: string | undefined;
  path: string;
  open: '{' | '[' | '';
  /** Of a scalar, or the rest of a broken text. */
  text: string;
  kind: TokenKind;
  children: Node[];
  /** Whether the closing bracket was there. */
  closed: boolean;
}

const inlineWidth = 84;
const deepest = 64;

/** @returns undefined when the text does not begin as an object or a list. */
export function parseJsonTree(text: string): Node | undefined {
  const reader = new Reader(text);
  return reader.startsAsJson() ? reader.value(undefined, '', 0) : undefined;
}

const space = /[ \t\n\r]*/y;
const scalar = /"(?:[^"\\]|\\[^])*"|-?[0-9][0-9.eE+-]*|true|false|null|NaN|-?Infinity/y;

class Reader {
  #at = 0;
  #broken = false;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  startsAsJson(): boolean {
    this.#skip();
    return this.#text[this.#at] === '{' || this.#text[this.#at] === '[';
  }

  value(key: string | undefined, path: string, depth: number): Node {
    this.#skip();
    const open = this.#text[this.#at];
    if ((open === '{' || open === '[') && depth < deepest) return this.#container(open, key, path, depth);
    scalar.lastIndex = this.#at;
    const found = scalar.exec(this.#text)?.[0];
    if (found === undefined) return this.#rest(key, path);
    this.#at += found.length;
    return { key, path, open: '', text: found, kind: kindOf(found), children: [], closed: true };
  }

  #container(open: '{' | '[', key: string | undefined, path: string, depth: number): Node {
    const node: Node = { key, path, open, text: '', kind: 'mark', children: [], closed: false };
    const close = open === '{' ? '}' : ']';
    this.#at++;
    for (;;) {
      this.#skip();
      if (this.#take(close)) {
        node.closed = true;
        return node;
      }
      if (node.children.length > 0 && !this.#take(',')) break;
      this.#skip();
      if (this.#text[this.#at] === close) continue;
      const child = this.#member(open, node, depth);
      node.children.push(child);
      if (this.#broken) return node;
    }
    node.children.push(this.#rest(undefined, path));
    return node;
  }

  #member(open: '{' | '[', node: Node, depth: number): Node {
    if (open === '[') return this.value(undefined, join(node.path, String(node.children.length)), depth + 1);
    scalar.lastIndex = this.#at;
    const name = scalar.exec(this.#text)?.[0];
    if (!name?.startsWith('"')) return this.#rest(undefined, node.path);
    this.#at += name.length;
    this.#skip();
    const path = join(node.path, unquote(name));
    if (!this.#take(':')) return this.#rest(name, path);
    return this.value(name, path, depth + 1);
  }

  /** Whatever can no longer be read, as it stands. */
  #rest(key: string | undefined, path: string): Node {
    const text = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    this.#broken = true;
    return { key, path, open: '', text, kind: 'broken', children: [], closed: true };
  }

  #skip(): void {
    space.lastIndex = this.#at;
    this.#at += space.exec(this.#text)?.[0].length ?? 0;
  }

  #take(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }
}

const kindOf = (text: string): TokenKind =>
  text.startsWith('"') ? 'text' : /^[-0-9]/.test(text) ? 'number' : 'word';

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function unquote(name: string): string {
  try {
    return JSON.parse(name) as string;
  } catch {
    return name.slice(1, -1);
  }
}

/** Every path of the tree, parents before their members. */
export function pathsOf(node: Node): string[] {
  return [node.path, ...node.children.flatMap(pathsOf)].filter((path) => path !== '');
}

/** @param badPath the place of the fault: its value is marked, and the line it stands on. */
export function toLines(root: Node, badPath: string | undefined): Line[] {
  const lines: Line[] = [];
  const isBad = (node: Node): boolean =>
    node.kind === 'broken' || (badPath !== undefined && node.path === badPath);
  const holding = nodesHolding(root, isBad);

  const print = (node: Node, indent: number, comma: string): void => {
    const bad = isBad(node);
    if (node.open === '') {
      const value = { kind: node.kind, text: shorten(node), ...(bad ? { bad } : {}) };
      lines.push({ indent, bad, tokens: [...keyTokens(node), value, ...mark(comma)] });
      return;
    }
    const flat = !holding.has(node) || bad ? flatten(node) : undefined;
    if (flat !== undefined && node.path !== '' && widthOf(flat) + indent * 2 <= inlineWidth) {
      const tokens = bad ? flat.map((token) => ({ ...token, bad })) : flat;
      lines.push({ indent, bad, tokens: [...keyTokens(node), ...tokens, ...mark(comma)] });
      return;
    }
    lines.push({ indent, bad, tokens: [...keyTokens(node), { kind: 'mark', text: node.open }] });
    node.children.forEach((child, index) => {
      const next = node.children[index + 1];
      print(child, indent + 1, next === undefined || next.kind === 'broken' ? '' : ',');
    });
    if (node.closed)
      lines.push({ indent, bad: false, tokens: [{ kind: 'mark', text: closeOf(node) + comma }] });
  };
  print(root, 0, '');
  return lines;
}

/** The nodes in which a bad one stands, found in one walk. */
function nodesHolding(root: Node, isBad: (node: Node) => boolean): Set<Node> {
  const holding = new Set<Node>();
  const visit = (node: Node): boolean => {
    let holds = isBad(node);
    for (const child of node.children) holds = visit(child) || holds;
    if (holds) holding.add(node);
    return holds;
  };
  visit(root);
  return holding;
}

const closeOf = (node: Node): string => (node.open === '{' ? '}' : ']');
const mark = (text: string): Token[] => (text === '' ? [] : [{ kind: 'mark', text }]);
const keyTokens = (node: Node): Token[] =>
  node.key === undefined
    ? []
    : [
        { kind: 'key', text: node.key },
        { kind: 'mark', text: ': ' },
      ];

const longestText = 2000;
const shorten = ({ text }: Node): string =>
  text.length > longestText ? `${text.slice(0, longestText)}…` : text;

/** On one line; undefined when containers stand in it, or it is broken. */
function flatten(node: Node): Token[] | undefined {
  if (node.open === '') return node.kind === 'broken' ? undefined : [{ kind: node.kind, text: node.text }];
  if (!node.closed || node.children.some((child) => child.open !== '' && child.children.length > 0))
    return undefined;
  const inner = node.children.flatMap((child, index) => {
    const flat = flatten(child) ?? [];
    return [...(index === 0 ? [] : mark(', ')), ...keyTokens(child), ...flat];
  });
  const gap = node.open === '{' && inner.length > 0 ? ' ' : '';
  return [{ kind: 'mark', text: node.open + gap }, ...inner, { kind: 'mark', text: gap + closeOf(node) }];
}

const widthOf = (tokens: readonly Token[]): number => tokens.reduce((sum, { text }) => sum + text.length, 0);
