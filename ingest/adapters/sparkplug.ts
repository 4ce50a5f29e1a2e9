// Sparkplug B 3.0: births name what data carry, deaths end it, and a missing message asks for a rebirth.
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import { isRejected, type AdapterContext, type Incoming, type NewAdapter } from './adapter.ts';
import { rejectsOfParts } from './measurements.ts';
import type { Birth } from './sparkplug-births.ts';
import { Edge } from './sparkplug-edge.ts';
import { decodeSparkplug, encodeRebirth, numberOf, type SparkplugPayload } from './sparkplug-payload.ts';
import { Words, type Named } from './sparkplug-readings.ts';
import { sourceIdOf, Topics, type Topic } from './sparkplug-topic.ts';

/** Edge nodes that are followed at once; whoever invents more of them pushes the oldest out. */
const maxEdges = 5_000;
const maxSeq = 255;

/**
 * Topics `spBv1.0/{group}/{type}/{edge}[/{device}]` (Sparkplug 3.0.0, chapters 4 to 6). Values come by name or alias of
 * the birth; a gap in `seq`, an alias or a node that nobody knows asks for a rebirth, at most each ten seconds and never
 * for what is read back from the journal. What the known aliases carry is taken all the same.
 */
export const newSparkplug: NewAdapter = (context) => {
  const feed: Feed = { context, words: new Words(context) };
  const topics = new Topics();
  const edges = new Map<string, Edge>();
  const edgeOf = ({ path }: Topic): Edge => {
    let edge = edges.get(path);
    if (edge === undefined) {
      const [oldest] = edges.keys();
      if (edges.size >= maxEdges && oldest !== undefined) edges.delete(oldest);
      edges.set(path, (edge = new Edge(path, context.memory)));
    }
    return edge;
  };
  return (incoming) => {
    const topic = topics.of(incoming.topic);
    if ('kind' in topic) return [topic];
    if (incoming.payload.length === 0) return [rejected('empty', 'the payload is empty')];
    const payload = decodeSparkplug(incoming.payload);
    if (isRejected(payload)) return [payload];
    return new Message(incoming, topic, payload, edgeOf(topic), feed).read();
  };
};

interface Feed {
  context: AdapterContext;
  words: Words;
}

/** One message on its way through. */
class Message {
  readonly #incoming: Incoming;
  readonly #topic: Topic;
  readonly #payload: SparkplugPayload;
  readonly #edge: Edge;
  readonly #feed: Feed;
  readonly #at: number;
  readonly #outcomes: Outcome[] = [];

  constructor(incoming: Incoming, topic: Topic, payload: SparkplugPayload, edge: Edge, feed: Feed) {
    this.#incoming = incoming;
    this.#topic = topic;
    this.#payload = payload;
    this.#edge = edge;
    this.#feed = feed;
    this.#at = edge.moment(incoming.receivedAt);
  }

  read(): Outcome[] {
    const { type, device } = this.#topic;
    // Those of a node begin and end the count.
    if (device !== undefined || type === 'DATA') this.#followSeq();
    if (type === 'DATA') this.#data();
    else if (type === 'BIRTH') this.#birth();
    else if (device === undefined) this.#nodeDeath();
    else this.#deviceDeath();
    return this.#outcomes;
  }

  #birth(): void {
    const { device, sourceId } = this.#topic;
    const message = { payload: this.#payload, bytes: this.#incoming.payload };
    const birth = this.#edge.birth(device, message, this.#at);
    this.#link(sourceId, 'online');
    this.#observe(birth);
  }

  #data(): void {
    const { device } = this.#topic;
    const birth = this.#edge.bornOf(device, this.#at);
    if (birth !== undefined) {
      this.#observe(birth);
      return;
    }
    this.#askForRebirth();
    const who = device === undefined ? 'the edge node' : 'the device';
    this.#reject(
      'no-birth',
      `no birth of ${who} is known since its last death: its data have no names`,
      'topic',
    );
  }

  #nodeDeath(): void {
    const { group, edge, sourceId } = this.#topic;
    if (!this.#edge.die(undefined, this.#payload, this.#at)) {
      this.#reject(
        'too-old',
        'its bdSeq is not that of the last birth: the death of an earlier session',
        'bdSeq',
      );
      return;
    }
    this.#link(sourceId, 'offline');
    for (const device of this.#edge.devices) {
      const id = sourceIdOf(group, edge, device);
      if (id !== undefined) this.#link(id, 'offline');
    }
  }

  #deviceDeath(): void {
    this.#edge.die(this.#topic.device, this.#payload, this.#at);
    this.#link(this.#topic.sourceId, 'offline');
  }

  #reject(...reject: Parameters<typeof rejected>): void {
    this.#outcomes.push(rejected(...reject));
  }

  #followSeq(): void {
    const { seq } = this.#payload;
    if (seq === undefined) return;
    if (seq > maxSeq) {
      this.#reject('schema', `${seq}; expected 0 to ${maxSeq}`, 'seq');
      return;
    }
    const step = this.#edge.step(seq, this.#at);
    if (step === 'repeated') this.#reject('sequence-gap', `${seq} came twice`, 'seq');
    else if (typeof step === 'object') {
      const messages = step.missing === 1 ? 'a message is' : `${step.missing} messages are`;
      this.#reject('sequence-gap', `${messages} missing before ${seq}, or came late`, 'seq');
      this.#askForRebirth();
    }
  }

  #askForRebirth(): void {
    const { replayed, receivedAt } = this.#incoming;
    if (replayed || !this.#edge.mayAskForRebirth(receivedAt)) return;
    const { group, edge } = this.#topic;
    this.#feed.context.send(`spBv1.0/${group}/NCMD/${edge}`, encodeRebirth(receivedAt));
  }

  /** Deaths have no clock but ours, so births are ordered by it too. */
  #link(sourceId: string, link: 'online' | 'offline'): void {
    const offsetMs = (this.#feed.context.mapping.clockOffsetMinutes ?? 0) * 60_000;
    const observedAt = this.#incoming.receivedAt - offsetMs;
    this.#outcomes.push({ kind: 'link', sourceId, of: 'sensor', link, observedAt });
  }

  /** An observation for each time among the values; or why there is none. */
  #observe(birth: Birth): void {
    const byTime = this.#measured(birth);
    const found: Outcome[] = [];
    const rejects: Rejected[] = [];
    for (const [observedAt, measured] of byTime) {
      const read = this.#feed.words.read(measured);
      rejects.push(...read.rejects);
      if (read.readings.length === 0) continue;
      found.push({
        kind: 'sensor',
        sourceId: this.#topic.sourceId,
        name: (this.#topic.device ?? this.#topic.edge).slice(0, 80),
        observedAt,
        lat: read.lat,
        lon: read.lon,
        readings: read.readings,
      });
    }
    if (byTime.size === 0 && this.#outcomes.every(({ kind }) => kind === 'link')) {
      rejects.push(rejected('no-reading', 'it holds no number', 'metrics'));
    }
    // A birth has said something, even where it has no reading.
    const said = found.length > 0 || this.#topic.type === 'BIRTH';
    if (rejects.length > 0) this.#outcomes.push(...rejectsOfParts(rejects, said));
    this.#outcomes.push(...found);
  }

  #measured(birth: Birth): Map<number, Named[]> {
    const { words } = this.#feed;
    const byTime = new Map<number, Named[]>();
    const strangers: string[] = [];
    const sentAt = this.#payload.timestamp ?? this.#incoming.receivedAt;
    // What a birth says holds at the birth, however long ago it last changed.
    const allAtOnce = this.#topic.type === 'BIRTH';
    for (const metric of this.#payload.metrics) {
      const definition =
        metric.alias === undefined || metric.name !== undefined
          ? birth.byName.get(metric.name ?? '')
          : birth.byAlias.get(metric.alias);
      const name = metric.name ?? definition?.name;
      if (name === undefined) {
        strangers.push(String(metric.alias ?? 'none'));
        continue;
      }
      const value = numberOf(metric, metric.dataType ?? definition?.dataType);
      if (metric.isNull || value === undefined) continue;
      const word = words.of(name);
      if (word.isHousekeeping) continue;
      const observedAt = allAtOnce ? sentAt : (metric.timestamp ?? sentAt);
      const measured = { name, value, unit: metric.unit ?? definition?.unit, word };
      const held = byTime.get(observedAt);
      if (held === undefined) byTime.set(observedAt, [measured]);
      else held.push(measured);
    }
    if (strangers.length > 0) this.#tellStrangers(strangers);
    return byTime;
  }

  #tellStrangers(aliases: readonly string[]): void {
    const shown = aliases.slice(0, 8).join(', ');
    this.#reject('no-birth', `the birth named no alias ${shown}`, 'metrics');
    this.#askForRebirth();
  }
}
