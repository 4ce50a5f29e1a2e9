// What the keeper of the embedded database must know of the PostgreSQL protocol (version 3, 53.7 "Message Formats").

const headBytes = 5;
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5]);
/** `R`, length (4), method (4). Any method but ok asks the client; after ok follows all of a start. */
const authentication = 0x52;
const methodAt = 8;
const authenticationOk = 0;

/** An answer asks who is there, or ends with leave for the next query: without it a client would wait for ever. */
export const isWhole = (answer: Uint8Array): boolean =>
  (answer[0] === authentication && answer[methodAt] !== authenticationOk) ||
  readyForQuery.equals(answer.subarray(answer.length - readyForQuery.length - 1, answer.length - 1));

const mostTags = 24;

/** The letters of the messages, without what they hold; of an error its SQLSTATE as well: `P B D E S`, `1 E(57014)`. */
export function tagsOf(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const tags: string[] = [];
  for (let at = 0; at + headBytes <= view.length && tags.length < mostTags;) {
    const tag = String.fromCharCode(view[at]!);
    const state =
      tag === 'E' ? /\0C([0-9A-Z]{5})\0/.exec(view.toString('latin1', at, at + 100))?.[1] : undefined;
    tags.push(state === undefined ? tag : `${tag}(${state})`);
    at += 1 + Math.max(0, view.readInt32BE(at + 1));
  }
  return tags.length === 0 ? 'nothing' : tags.join(' ');
}
