// XML of others as a small tree: well-formed or refused, bounded, with no DOCTYPE and so with no entities of its own.
import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { rejected, type RejectReason, type Rejected } from '../../model/observation.ts';
import { maxPolledBytes } from '../../model/topics.ts';

export interface XmlElement {
  /** Without its prefix. */
  name: string;
  /** '' where none is declared. */
  namespace: string;
  /** Those without a prefix. */
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** What stands in it directly, trimmed; CDATA too. */
  text: string;
}

const maxDepth = 32;
const maxElements = 200_000;

/** Thrown within this file alone, to leave the parser. */
class Refusal extends Error {
  readonly reason: RejectReason;
  constructor(reason: RejectReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** Made once: to note where an error arose costs as much as to read a small document. */
const doctypeFound = new Refusal(
  'not-xml',
  'a DOCTYPE was found; expected none, for it can bring entities from elsewhere',
);

/**
 * The root of an XML 1.0 document with namespaces, in UTF-8, or why it is none. A DOCTYPE is refused unread: what it
 * may declare (entities from files and addresses, entities of entities) is how XML attacks its readers.
 */
export function parseXml(payload: Buffer): XmlElement | Rejected {
  if (payload.length === 0) return rejected('empty', 'the payload is empty');
  if (payload.length > maxPolledBytes) {
    return rejected('too-large', `${payload.length} bytes; at most ${maxPolledBytes} are taken`);
  }
  if (!isUtf8(payload)) return rejected('not-utf8', 'the payload is not UTF-8 text');
  try {
    return readTree(payload.toString('utf8'));
  } catch (error) {
    const { reason = 'not-xml', message } = error as Partial<Refusal> & Error;
    return rejected(reason, message.slice(0, 300));
  }
}

/** @throws {Error} of the parser, with line and column, or a Refusal. */
function readTree(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let inner: XmlElement | undefined;
  let elements = 0;
  const addText = (more: string): void => {
    if (inner === undefined) return;
    // Most is the white space between elements.
    const text = inner.text === '' ? more.trimStart() : more;
    if (text !== '') inner.text += text;
  };
  parser.on('doctype', () => {
    throw doctypeFound;
  });
  parser.on('opentag', (tag) => {
    if (++elements > maxElements)
      throw new Refusal('too-large', `more than ${maxElements} elements; no more are taken`);
    if (open.length >= maxDepth)
      throw new Refusal('too-large', `elements stand in one another deeper than ${maxDepth}`);
    const element = toElement(tag);
    inner?.children.push(element);
    root ??= element;
    open.push(element);
    inner = element;
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop()!;
    element.text = element.text.trimEnd();
    inner = open[open.length - 1];
  });
  parser.write(text).close();
  if (root === undefined) throw new Refusal('not-xml', 'no element was found');
  return root;
}

const noAttributes: ReadonlyMap<string, string> = new Map();

function toElement(tag: SaxesTagNS): XmlElement {
  return {
    name: tag.local,
    namespace: tag.uri,
    attributes: toAttributes(tag),
    children: [],
    text: '',
  };
}

function toAttributes({ attributes }: SaxesTagNS): ReadonlyMap<string, string> {
  let plain: Map<string, string> | undefined;
  for (const name in attributes) {
    const { prefix, local, value } = attributes[name]!;
    if (prefix === '') (plain ??= new Map()).set(local, value);
  }
  return plain ?? noAttributes;
}

/** The children of a name, in order, of the parent's own namespace. */
export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name && child.namespace === element.namespace);

/** The text of the first child of a name; undefined where there is none or it is empty. */
export function textOf(element: XmlElement, name: string): string | undefined {
  for (const child of element.children) {
    if (child.name === name && child.namespace === element.namespace) return child.text || undefined;
  }
  return undefined;
}
