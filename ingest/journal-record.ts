// The bytes of one journalled message: written with a checksum, found again in a damaged file.
import { crc32 } from 'node:zlib';
import { maxPolledBytes, maxTopicBytes } from '../model/topics.ts';

/** A message as it came in, before anything was made of it. */
export interface Message {
  topic: string;
  payload: Buffer;
  /** Epoch milliseconds. */
  receivedAt: number;
}

/*
 * magic u16 | length of the body u32 | CRC-32 of the body u32 | body
 * body: receivedAt u48 | length of the topic u16 | topic, UTF-8 | payload
 */
const magic = 0x534a;
const headBytes = 10;
const bodyHeadBytes = 8;
const maxBodyBytes = maxPolledBytes + 2 * maxTopicBytes;

export const recordBytes = (message: Message): number =>
  headBytes + bodyHeadBytes + Buffer.byteLength(message.topic) + message.payload.length;

/** Writes a record at `offset`, where `recordBytes` of room are. Returns the offset behind it. */
export function writeRecord(into: Buffer, offset: number, message: Message): number {
  const body = offset + headBytes;
  const topicBytes = into.write(message.topic, body + bodyHeadBytes, 'utf8');
  into.writeUIntBE(message.receivedAt, body, 6);
  into.writeUInt16BE(topicBytes, body + 6);
  const end = body + bodyHeadBytes + topicBytes + message.payload.length;
  message.payload.copy(into, body + bodyHeadBytes + topicBytes);
  into.writeUInt16BE(magic, offset);
  into.writeUInt32BE(end - body, offset + 2);
  into.writeUInt32BE(crc32(into.subarray(body, end)), offset + 6);
  return end;
}

export type Found =
  | { kind: 'record'; message: Message; end: number }
  /** The bytes end inside what may be a record: read on, or at the end of a file, a torn end. */
  | { kind: 'short' }
  | { kind: 'damaged' };

/** Reads the record at `offset`; the message shares the memory of `bytes`. */
export function readRecord(bytes: Buffer, offset: number): Found {
  if (bytes.length - offset < headBytes) return { kind: 'short' };
  if (bytes.readUInt16BE(offset) !== magic) return { kind: 'damaged' };
  const length = bytes.readUInt32BE(offset + 2);
  if (length < bodyHeadBytes || length > maxBodyBytes) return { kind: 'damaged' };
  const body = offset + headBytes;
  const end = body + length;
  if (end > bytes.length) return { kind: 'short' };
  if (crc32(bytes.subarray(body, end)) !== bytes.readUInt32BE(offset + 6)) return { kind: 'damaged' };
  const topicBytes = bytes.readUInt16BE(body + 6);
  const topicEnd = body + bodyHeadBytes + topicBytes;
  if (topicEnd > end) return { kind: 'damaged' };
  return {
    kind: 'record',
    message: {
      topic: bytes.toString('utf8', body + bodyHeadBytes, topicEnd),
      payload: bytes.subarray(topicEnd, end),
      receivedAt: bytes.readUIntBE(body, 6),
    },
    end,
  };
}
