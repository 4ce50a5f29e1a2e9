// What a Sparkplug node or device said at its birth: the names behind aliases, the types and units that data leave out.
import { isRejected, type Memory } from './adapter.ts';
import { decodeSparkplug, type SparkplugMetric, type SparkplugPayload } from './sparkplug-payload.ts';

/** A metric of a birth, for those of data that follow it. */
export interface Definition {
  name: string;
  dataType: number | undefined;
  unit: string | undefined;
}

export interface Birth {
  /** When it arrived, in epoch milliseconds; a fraction orders those of one millisecond. */
  at: number;
  /** Of a node. */
  bdSeq: number | bigint | undefined;
  byAlias: ReadonlyMap<number | bigint, Definition>;
  byName: ReadonlyMap<string, Definition>;
}

/** A payload with the bytes that it was read from. */
export interface BirthMessage {
  payload: SparkplugPayload;
  bytes: Buffer;
}

/** While the journal is read back, messages of an earlier birth pass by; so a few are kept. */
const birthsKept = 4;

const keyOf = (path: string): string => `birth ${path}`;
const devicesKeyOf = (edge: string): string => `devices ${edge}`;

export function bdSeqOf({ metrics }: SparkplugPayload): number | bigint | undefined {
  for (const { name, value } of metrics) if (name === 'bdSeq') return value;
  return undefined;
}

/** The births of one node, or one device, the oldest first. */
export class Births {
  readonly #key: string;
  readonly #memory: Memory;
  readonly #births: Birth[] = [];

  constructor(path: string, memory: Memory) {
    this.#key = keyOf(path);
    this.#memory = memory;
    const held = memory.get(this.#key);
    const payload = held === undefined ? undefined : decodeSparkplug(held.value);
    // One that an older version wrote in another form is asked for anew, like any that is not known.
    if (payload !== undefined && !isRejected(payload)) this.#births.push(toBirth(held!.at, payload));
  }

  /** An older one never takes the place of a newer one in the memory; it serves the messages of its own time. */
  add({ payload, bytes }: BirthMessage, at: number): Birth {
    const birth = toBirth(at, payload);
    const before = this.#births.findLastIndex((each) => each.at <= at);
    if (this.#births[before]?.at === at) this.#births[before] = birth;
    else this.#births.splice(before + 1, 0, birth);
    if (this.#births.length > birthsKept) this.#births.shift();
    // A copy: the message lies in the memory of many.
    this.#memory.set(this.#key, Math.floor(at), Buffer.from(bytes));
    return birth;
  }

  /** The one that a message of this time belongs to: the last before it, else the first that is known. */
  of(at: number): Birth | undefined {
    return this.#births.findLast((birth) => birth.at <= at) ?? this.#births[0];
  }
}

const isDefinition = (metric: SparkplugMetric): metric is SparkplugMetric & Definition =>
  metric.name !== undefined;

function toBirth(at: number, payload: SparkplugPayload): Birth {
  const byAlias = new Map<number | bigint, Definition>();
  const byName = new Map<string, Definition>();
  for (const metric of payload.metrics) {
    if (!isDefinition(metric)) continue;
    byName.set(metric.name, metric);
    if (metric.alias !== undefined) byAlias.set(metric.alias, metric);
  }
  return { at, bdSeq: bdSeqOf(payload), byAlias, byName };
}

/** The devices that were ever born under an edge node: its death is theirs. */
export class DevicesOf {
  readonly #edge: string;
  readonly #memory: Memory;
  readonly #ids: Set<string>;

  constructor(edge: string, memory: Memory) {
    this.#edge = edge;
    this.#memory = memory;
    const held = memory.get(devicesKeyOf(edge))?.value.toString('utf8');
    this.#ids = new Set(held === undefined ? [] : (JSON.parse(held) as string[]));
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  add(id: string, at: number): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    this.#memory.set(devicesKeyOf(this.#edge), Math.floor(at), Buffer.from(JSON.stringify([...this.#ids])));
  }
}
