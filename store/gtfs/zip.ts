// The ZIP of a feed, read within bounds: what it says of its sizes is judged first, and then held to.
import { Transform, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { GtfsRefused } from './faults.ts';

/** The feed of a whole country unpacks to less. */
const mostBytes = 1024 ** 3;
const mostEntries = 1000;
/** Text of timetables packs 10 to 40 times; what packs much more is made to unpack. */
const mostRatio = 250;
const ratioCountsFrom = 16 * 1024 ** 2;

/** Deletion of `feed/stops.txt` to `stops.txt`: some pack the folder instead of the files. */
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export class GtfsZip {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /**
   * @param source a path, or the whole file.
   * @throws {GtfsRefused} for what is no ZIP, is damaged, or unpacks to more than 1 GiB.
   */
  static async open(source: string | Buffer): Promise<GtfsZip> {
    const options = { autoClose: false, lazyEntries: true };
    const zip = await (
      typeof source === 'string'
        ? yauzl.openPromise(source, options)
        : yauzl.fromBufferPromise(source, options)
    ).catch((error: Error) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new GtfsRefused(`There is no file ${String(source)}.`);
      throw new GtfsRefused(`The file is not a ZIP that can be read: ${error.message}`, { cause: error });
    });
    try {
      return new GtfsZip(zip, await readEntries(zip));
    } catch (error) {
      zip.close();
      throw error instanceof GtfsRefused
        ? error
        : new GtfsRefused(`The ZIP is damaged: ${(error as Error).message}`, { cause: error });
    }
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Bytes unpacked; undefined where there is no such file. */
  sizeOf(name: string): number | undefined {
    return this.#entries.get(name)?.uncompressedSize;
  }

  /**
   * The bytes of a file; they end in an error when they are not what the ZIP says of them.
   * @param took called with how many bytes came.
   */
  async stream(name: string, took: (bytes: number) => void): Promise<Readable> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new GtfsRefused(`${name} is not in the ZIP.`);
    const bytes = await this.#zip.openReadStreamPromise(entry).catch((error: Error) => {
      throw damaged(name, error);
    });
    const checked = checkSum(name, entry.crc32, took);
    bytes.on('error', (error) => checked.destroy(damaged(name, error)));
    checked.on('close', () => bytes.destroy());
    return bytes.pipe(checked);
  }

  close(): void {
    this.#zip.close();
  }
}

const damaged = (name: string, cause: Error): GtfsRefused =>
  new GtfsRefused(`${name} is damaged in the ZIP: ${cause.message}`, { cause });

async function readEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > mostEntries)
    throw new GtfsRefused(`The ZIP holds ${zip.entryCount} files; expected at most ${mostEntries}.`);
  const files: Entry[] = [];
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    if (entry.isEncrypted()) throw new GtfsRefused(`${entry.fileName} is encrypted in the ZIP.`);
    unpacked += entry.uncompressedSize;
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (unpacked > mostBytes || (entry.uncompressedSize > ratioCountsFrom && ratio > mostRatio)) {
      throw new GtfsRefused(
        `The ZIP unpacks to too much: ${entry.fileName} alone to ${entry.uncompressedSize} bytes of ` +
          `${entry.compressedSize} packed ones. Expected at most ${mostBytes} bytes in all, and no file packed more than ${mostRatio} times.`,
      );
    }
    files.push(entry);
  }
  return byName(files);
}

/** Files at the top; where none of them is a feed's, those of the one folder that is. */
function byName(files: readonly Entry[]): Map<string, Entry> {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  const folders = files.filter(({ fileName }) => baseName(fileName) === 'stops.txt');
  const folder = folders.some(({ fileName }) => fileName === 'stops.txt')
    ? ''
    : folderOf(folders[0]?.fileName ?? '');
  return new Map(
    files
      .filter(({ fileName }) => folderOf(fileName) === folder)
      .map((entry) => [baseName(entry.fileName), entry]),
  );
}

function checkSum(name: string, expected: number, took: (bytes: number) => void): Transform {
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      took(chunk.length);
      done(null, chunk);
    },
    flush(done) {
      done(sum === expected ? null : damaged(name, new Error('its checksum is another')));
    },
  });
}
