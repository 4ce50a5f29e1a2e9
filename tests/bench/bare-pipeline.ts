// The ceiling: the least that stores and acknowledges. MQTT.js, PUBACK held until the commit, one `unnest` a batch.
import mqtt, { type Packet } from 'mqtt';
import type { Database } from '../../store/connect.ts';

type WritePacket = (packet: Packet, done?: () => void) => void;

interface Fix {
  observedAt: number;
  lat: number;
  lon: number;
  speedMps: number;
  headingDeg: number;
}

/** Resolves when `count` messages are committed and acknowledged, with what ends it. */
export async function runBarePipeline(
  db: Database,
  url: string,
  clientId: string,
  count: number,
): Promise<() => Promise<void>> {
  await db.execute(
    `CREATE TABLE bare (vehicle text, observed_at timestamptz, lat float8, lon float8, speed real, heading real)`,
  );
  await db.execute(`SELECT create_hypertable('bare', by_range('observed_at', INTERVAL '1 hour'))`);
  await db.execute('CREATE UNIQUE INDEX bare_key ON bare (vehicle, observed_at DESC)');
  const client = mqtt.connect(url, { clientId, clean: false });
  const inner = client as unknown as { _writePacket: WritePacket };
  const write = inner._writePacket.bind(client);
  const rows: [string, Fix][] = [];
  const acknowledgements: Packet[] = [];
  inner._writePacket = (packet, done) => {
    if (packet.cmd !== 'puback') return write(packet, done);
    acknowledgements.push(packet);
    done?.();
  };
  client.on('message', (topic, payload) => {
    rows.push([topic.split('/')[2]!, JSON.parse(payload.toString()) as Fix]);
  });
  let stored = 0;
  while (stored < count) {
    const batch = rows.splice(0, 4_000);
    const acknowledged = acknowledgements.splice(0, batch.length);
    if (batch.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    await db.execute(
      `INSERT INTO bare SELECT v, to_timestamp(ms / 1000.0), lat, lon, speed, heading
       FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::real[], $6::real[])
         AS t (v, ms, lat, lon, speed, heading) ON CONFLICT DO NOTHING`,
      [
        batch.map(([vehicle]) => vehicle),
        batch.map(([, fix]) => fix.observedAt),
        batch.map(([, fix]) => fix.lat),
        batch.map(([, fix]) => fix.lon),
        batch.map(([, fix]) => fix.speedMps),
        batch.map(([, fix]) => fix.headingDeg),
      ],
      'bare',
    );
    for (const packet of acknowledged) write(packet);
    stored += batch.length;
  }
  return () => client.endAsync();
}
