// In the child: vehicles that drive in circles round the city, and sensors and cameras where asked for, published evenly.
import mqtt from 'mqtt';

const clients = 4;
const tickMs = 20;

/** @param mixed of twenty assets three are sensors and one a camera. */
export async function drive(url: string, assets: number, everyMs: number, mixed = false): Promise<never> {
  const devices = await Promise.all(Array.from({ length: clients }, () => mqtt.connectAsync(url)));
  for (const device of devices) device.on('error', () => undefined);
  const startedAt = Date.now();
  let sent = 0;
  for (;;) {
    const due = Math.floor(((Date.now() - startedAt) / everyMs) * assets);
    for (; sent < due; sent++) {
      const n = sent % assets;
      const observedAt = Date.now();
      const [topic, message] = messageOf(n, observedAt, mixed);
      devices[n % clients]!.publish(topic, JSON.stringify(message), { qos: 1 });
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}

const standing = { 16: 'sensor', 17: 'sensor', 18: 'sensor', 19: 'camera' } as Record<number, string>;

function messageOf(n: number, observedAt: number, mixed: boolean): [topic: string, message: object] {
  const kind = mixed ? (standing[n % 20] ?? 'vehicle') : 'vehicle';
  // What stands does not turn.
  const angle = n + (kind === 'vehicle' ? observedAt / 60_000 : 0);
  const radius = 0.002 + 0.03 * ((n * 0.618) % 1);
  const place = { lat: 2.9555 + radius * Math.sin(angle), lon: 99.0575 + radius * Math.cos(angle) };
  if (kind === 'sensor') {
    const readings = { temperature: 20 + (observedAt % 9000) / 1000 };
    return [`city/sensor/d${n}/reading`, { observedAt, ...place, readings }];
  }
  if (kind === 'camera') {
    const view = { bearingDeg: n % 360, fieldOfViewDeg: 60 };
    return [`city/camera/d${n}/status`, { observedAt, state: 'online', ...place, ...view }];
  }
  const headingDeg = Math.round((((-angle * 180) / Math.PI) % 360) + 360) % 360;
  return [`city/vehicle/d${n}/position`, { observedAt, ...place, speedMps: 8, headingDeg }];
}
