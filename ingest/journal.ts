// The journal: every message on disk before it is acknowledged, kept until the database holds it durably.
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecord, recordBytes, writeRecord, type Message } from './journal-record.ts';

/** Bytes from the beginning of the journal's life; a record's position is where it begins. */
export type Position = number;

export interface JournalOptions {
  folder: string;
  /** Called with each group once it is on disk, in order; `end` is the position behind it. */
  onSynced: (messages: Message[], start: Position, end: Position) => void;
  onError: (error: Error) => void;
  limitBytes?: number;
  segmentBytes?: number;
  /** How long a message may wait for others to be synced with it. */
  gatherMs?: number;
}

interface Waiting {
  message: Message;
  done: ((taken: boolean) => void) | undefined;
}

interface Segment {
  start: Position;
  bytes: number;
}

const defaultLimitBytes = 2 * 1024 ** 3;
const defaultSegmentBytes = 32 * 1024 ** 2;
const defaultGatherMs = 2;
/** So many do not wait for more. */
const gatherMessages = 200;
const retryMs = 1_000;
/** What may wait in memory for the disk; beyond it nothing is taken, and who sent it keeps it. */
const maxWaitingBytes = 64 * 1024 ** 2;
const maxGroupBytes = 16 * 1024 ** 2;
const readChunkBytes = 1 << 20;

const nameOf = (start: Position): string => `${String(start).padStart(16, '0')}.journal`;

/**
 * A log of segments. Groups of messages are written and synced together, at most one at a time; while a sync is
 * under way the next group gathers, so the disk sets the pace.
 */
export class Journal {
  readonly #options: Required<JournalOptions>;
  #segments: Segment[] = [];
  #file: FileHandle | undefined;
  #checkpoint: Position = 0;
  #end: Position = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #buffer = Buffer.allocUnsafe(1 << 20);
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #closed = false;
  #error: Error | undefined;

  private constructor(options: JournalOptions) {
    this.#options = {
      limitBytes: defaultLimitBytes,
      segmentBytes: defaultSegmentBytes,
      gatherMs: defaultGatherMs,
      ...options,
    };
    // Whole segments are what can be let go: a limit needs several.
    this.#options.segmentBytes = Math.min(this.#options.segmentBytes, this.#options.limitBytes / 4);
  }

  /** Opens a folder, made when missing. What stands behind the checkpoint waits to be read with `read`. */
  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options);
    await mkdir(options.folder, { recursive: true });
    for (const name of (await readdir(options.folder)).sort()) {
      const match = /^(\d{16})\.journal$/.exec(name);
      if (match) {
        const bytes = (await stat(join(options.folder, name))).size;
        if (bytes > 0) journal.#segments.push({ start: Number(match[1]), bytes });
      }
    }
    const last = journal.#segments.at(-1);
    journal.#end = last === undefined ? 0 : last.start + last.bytes;
    journal.#checkpoint = await readCheckpoint(options.folder);
    // A lost folder with a kept checkpoint must not number new records below it.
    journal.#end = Math.max(journal.#end, journal.#checkpoint);
    return journal;
  }

  get end(): Position {
    return this.#end;
  }
  get checkpoint(): Position {
    return this.#checkpoint;
  }
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }
  get limitBytes(): number {
    return this.#options.limitBytes;
  }
  /** Why nothing can be written just now; undefined while all is well. */
  get error(): Error | undefined {
    return this.#error;
  }
  get full(): boolean {
    return this.bytes >= this.#options.limitBytes || this.#waitingBytes >= maxWaitingBytes;
  }

  /**
   * Takes a message. `done(true)` once it is on disk. A full journal makes it wait; `done(false)` when it was not
   * taken, because it may be dropped (QoS 0) or because too much waits already.
   */
  append(message: Message, mayDrop: boolean, done?: (taken: boolean) => void): void {
    if (this.full && (mayDrop || this.#waitingBytes >= maxWaitingBytes)) {
      done?.(false);
      return;
    }
    this.#waiting.push({ message, done });
    this.#waitingBytes += recordBytes(message);
    if (this.#writing !== undefined) return;
    if (this.#waiting.length === gatherMessages && this.#error === undefined) {
      clearTimeout(this.#timer);
      this.#start();
    } else this.#timer ??= setTimeout(() => this.#start(), this.#options.gatherMs);
  }

  #start(): void {
    this.#timer = undefined;
    if (this.#writing !== undefined || this.#waiting.length === 0 || this.#closed) return;
    if (this.bytes >= this.#options.limitBytes) return this.#again();
    const group = this.#takeGroup();
    this.#writing = this.#write(group).then(
      () => {
        this.#error = undefined;
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#start(), this.#options.gatherMs);
      },
      (error: Error) => {
        // Nothing of the group is acknowledged: it waits, before what came later.
        this.#error = error;
        this.#writing = undefined;
        this.#waiting = group.concat(this.#waiting);
        this.#waitingBytes = this.#waiting.reduce((sum, each) => sum + recordBytes(each.message), 0);
        this.#options.onError(error);
        this.#again();
      },
    );
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && bytes < maxGroupBytes)
      bytes += recordBytes(this.#waiting[count++]!.message);
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingBytes -= bytes;
    return group;
  }

  #again(): void {
    this.#timer ??= setTimeout(() => this.#start(), retryMs);
  }

  async #write(group: Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, each) => sum + recordBytes(each.message), 0);
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafe(bytes * 2);
    let offset = 0;
    for (const each of group) offset = writeRecord(this.#buffer, offset, each.message);
    const { file, segment } = await this.#current();
    // At an explicit place, so that a half-written group is overwritten when it is tried again.
    let written = 0;
    while (written < offset) {
      const result = await file.write(
        this.#buffer,
        written,
        offset - written,
        this.#end - segment.start + written,
      );
      written += result.bytesWritten;
    }
    await file.datasync();
    const start = this.#end;
    segment.bytes = this.#end - segment.start + offset;
    this.#end += offset;
    const messages = group.map((each) => each.message);
    try {
      this.#options.onSynced(messages, start, this.#end);
    } catch (error) {
      // They are on disk: what goes wrong with them from here on is no reason to write them again.
      this.#options.onError(error as Error);
    }
    for (const each of group) each.done?.(true);
  }

  async #current(): Promise<{ file: FileHandle; segment: Segment }> {
    const last = this.#segments.at(-1);
    if (this.#file !== undefined && last !== undefined && last.bytes < this.#options.segmentBytes) {
      return { file: this.#file, segment: last };
    }
    await this.#file?.close();
    this.#file = undefined;
    // A new segment at each start too: a torn end stays where it is, and nothing is written behind it.
    const segment: Segment = { start: this.#end, bytes: 0 };
    const file = await open(join(this.#options.folder, nameOf(segment.start)), 'w', 0o600);
    try {
      await syncFolder(this.#options.folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#segments.push(segment);
    this.#file = file;
    return { file, segment };
  }

  /**
   * Reads records from a position to what is synced, a chunk at a time. Damaged bytes are stepped over to the next
   * record that is whole, and reported.
   */
  async *read(
    from: Position,
    onDamage: (at: Position, bytes: number) => void,
  ): AsyncGenerator<{ messages: Message[]; end: Position }> {
    for (const segment of [...this.#segments]) {
      if (segment.start + segment.bytes <= from) continue;
      const file = await open(join(this.#options.folder, nameOf(segment.start)), 'r');
      try {
        yield* readSegment(file, segment, Math.max(0, from - segment.start), onDamage);
      } finally {
        await file.close();
      }
    }
  }

  /** All before `position` is durable in the database: the checkpoint moves there, and whole segments go. */
  async release(position: Position): Promise<void> {
    if (position <= this.#checkpoint) return;
    await writeCheckpoint(this.#options.folder, position);
    this.#checkpoint = position;
    const isDone = (segment: Segment, index: number): boolean =>
      segment.start + segment.bytes <= position && index < this.#segments.length - 1;
    const done = this.#segments.filter(isDone);
    this.#segments = this.#segments.filter((segment) => !done.includes(segment));
    for (const segment of done) await rm(join(this.#options.folder, nameOf(segment.start)), { force: true });
  }

  /** Bytes free on the journal's disk. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#options.folder);
    return bavail * bsize;
  }

  /** Writes what waits, then closes. What the disk does not take stays unacknowledged. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    this.#start();
    await this.#writing;
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#file?.close();
  }
}

async function* readSegment(
  file: FileHandle,
  segment: Segment,
  from: number,
  onDamage: (at: Position, bytes: number) => void,
): AsyncGenerator<{ messages: Message[]; end: Position }> {
  let offset = from;
  let chunkBytes = readChunkBytes;
  while (offset < segment.bytes) {
    // A buffer of its own each time: the messages share its memory.
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, segment.bytes - offset));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
    const bytes = chunk.subarray(0, bytesRead);
    const atEnd = offset + bytesRead >= segment.bytes;
    const { messages, used, damaged } = scan(bytes, atEnd, (at, length) =>
      onDamage(segment.start + offset + at, length),
    );
    if (used === 0 && !damaged) {
      if (atEnd || bytesRead === 0) return;
      chunkBytes *= 2;
      continue;
    }
    offset += used;
    chunkBytes = readChunkBytes;
    yield { messages, end: segment.start + offset };
  }
}

/** The whole records of `bytes`; at the end of a segment an incomplete one is damage (a torn end), else it waits. */
function scan(
  bytes: Buffer,
  atEnd: boolean,
  onDamage: (at: number, bytes: number) => void,
): { messages: Message[]; used: number; damaged: boolean } {
  const messages: Message[] = [];
  let offset = 0;
  let damagedFrom = -1;
  while (offset < bytes.length) {
    const found = readRecord(bytes, offset);
    if (found.kind === 'record') {
      if (damagedFrom >= 0) onDamage(damagedFrom, offset - damagedFrom);
      damagedFrom = -1;
      messages.push(found.message);
      offset = found.end;
      continue;
    }
    if (found.kind === 'short' && !atEnd) break;
    if (damagedFrom < 0) damagedFrom = offset;
    offset++;
  }
  if (damagedFrom >= 0) onDamage(damagedFrom, offset - damagedFrom);
  return { messages, used: offset, damaged: damagedFrom >= 0 };
}

const checkpointFile = (folder: string): string => join(folder, 'checkpoint');

async function readCheckpoint(folder: string): Promise<Position> {
  try {
    const position = Number(await readFile(checkpointFile(folder), 'utf8'));
    return Number.isSafeInteger(position) && position >= 0 ? position : 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function writeCheckpoint(folder: string, position: Position): Promise<void> {
  const path = checkpointFile(folder);
  const handle = await open(`${path}.new`, 'w', 0o600);
  await handle.writeFile(String(position));
  await handle.sync();
  await handle.close();
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}
