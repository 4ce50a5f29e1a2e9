// The load of a fault: devices that publish at QoS 1, try again until they are heard, and remember what was acknowledged.
import mqtt, { type MqttClient } from 'mqtt';

/** A vehicle's position; vehicle and time are the key under which it is stored once. */
export interface Fix {
  vehicle: string;
  /** Epoch milliseconds. */
  observedAt: number;
  lat: number;
  lon: number;
}

export const keyOf = ({ vehicle, observedAt }: Pick<Fix, 'vehicle' | 'observedAt'>): string =>
  `${vehicle} ${observedAt}`;

export interface Message {
  topic: string;
  payload: string | Buffer;
  /** Undefined for what is not meant to be stored. */
  fix?: Fix;
}

export const toMessage = (fix: Fix): Message => ({
  topic: `city/vehicle/${fix.vehicle}/position`,
  payload: JSON.stringify({ observedAt: fix.observedAt, lat: fix.lat, lon: fix.lon }),
  fix,
});

/** Numbers from 0 to 1 that are the same in each run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

const placeOf = (n: number): { lat: number; lon: number } => ({
  lat: 2.9 + (n % 977) / 1e4,
  lon: 99 + (n % 883) / 1e4,
});

/** `count` fixes of a fleet, each vehicle heard once in `everyMs` from `from` on. */
export function fixesOf(
  fleet: string,
  vehicles: number,
  count: number,
  from: number,
  everyMs = 1_000,
): Fix[] {
  return Array.from({ length: count }, (_, n) => ({
    vehicle: `${fleet}-${n % vehicles}`,
    observedAt: from + Math.floor(n / vehicles) * everyMs,
    ...placeOf(n),
  }));
}

/** Fixes observed when they are taken, without end; never two of a vehicle at the same instant. */
export function* liveFixes(fleet: string, vehicles: number): Generator<Fix> {
  const last = new Map<number, number>();
  for (let n = 0; ; n++) {
    const vehicle = n % vehicles;
    const observedAt = Math.max(Date.now(), (last.get(vehicle) ?? 0) + 1);
    last.set(vehicle, observedAt);
    yield { vehicle: `${fleet}-${vehicle}`, observedAt, ...placeOf(n) };
  }
}

const window = 1_000;
/** At a given pace devices go on while nothing is acknowledged, up to what message ids allow. */
const pacedWindow = 30_000;
const tickMs = 10;

export class Load {
  readonly #clients: MqttClient[];
  /** Times acknowledged, of each vehicle. */
  readonly acknowledged = new Map<string, Set<number>>();
  acknowledgedMessages = 0;
  sent = 0;
  #halted = false;
  #heard = new Set<() => void>();

  constructor(url: string, connections = 2) {
    this.#clients = Array.from({ length: connections }, () => {
      const client = mqtt.connect(url, { reconnectPeriod: 250, connectTimeout: 3_000 });
      client.on('error', () => undefined);
      return client;
    });
  }

  /**
   * Publishes all of `messages`, at full speed or at a pace.
   * @returns once each is acknowledged, over as many connections as it takes.
   */
  publish(messages: Iterable<Message>, perSecond = Number.POSITIVE_INFINITY): Promise<void> {
    const source = messages[Symbol.iterator]();
    const again: Message[] = [];
    const startedAt = performance.now();
    const most = perSecond === Number.POSITIVE_INFINITY ? window : pacedWindow;
    let taken = 0;
    let waiting = 0;
    let ended = false;
    return new Promise((resolve) => {
      const next = (): Message | undefined => {
        const failed = again.pop();
        if (failed !== undefined || ended) return failed;
        if (taken >= ((performance.now() - startedAt) / 1_000) * perSecond) return undefined;
        const { value, done } = this.#halted ? { value: undefined, done: true } : source.next();
        if (done === true) ended = true;
        else taken++;
        return value as Message | undefined;
      };
      const fill = (): void => {
        for (let message; waiting < most && (message = next()) !== undefined;) {
          waiting++;
          this.#send(message, (taken_) => {
            waiting--;
            if (!taken_.ok) again.push(taken_.message);
            else if (perSecond === Number.POSITIVE_INFINITY) fill();
          });
        }
        if (!ended || waiting > 0 || again.length > 0) return;
        clearInterval(timer);
        resolve();
      };
      const timer = setInterval(fill, tickMs);
      fill();
    });
  }

  #send(message: Message, settled: (answer: { ok: boolean; message: Message }) => void): void {
    const client = this.#clients[this.sent++ % this.#clients.length]!;
    client.publish(message.topic, message.payload, { qos: 1 }, (error) => {
      if (!error) this.#acknowledge(message.fix);
      settled({ ok: !error, message });
    });
  }

  #acknowledge(fix: Fix | undefined): void {
    this.acknowledgedMessages++;
    if (fix !== undefined) {
      let times = this.acknowledged.get(fix.vehicle);
      if (times === undefined) this.acknowledged.set(fix.vehicle, (times = new Set()));
      times.add(fix.observedAt);
    }
    for (const hear of this.#heard) hear();
  }

  /** Resolves once `count` more messages were acknowledged. */
  acknowledges(count: number): Promise<void> {
    const wanted = this.acknowledgedMessages + count;
    return new Promise((resolve) => {
      const hear = (): void => {
        if (this.acknowledgedMessages < wanted) return;
        this.#heard.delete(hear);
        resolve();
      };
      this.#heard.add(hear);
      hear();
    });
  }

  /** Takes no more; what is under way is still seen through. */
  halt(): void {
    this.#halted = true;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
  }
}
