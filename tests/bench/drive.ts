// In the child: vehicles that drive in circles round the city, published evenly over the interval.
import mqtt from 'mqtt';

const clients = 4;
const tickMs = 20;

export async function drive(url: string, vehicles: number, everyMs: number): Promise<never> {
  const devices = await Promise.all(Array.from({ length: clients }, () => mqtt.connectAsync(url)));
  for (const device of devices) device.on('error', () => undefined);
  const startedAt = Date.now();
  let sent = 0;
  for (;;) {
    const due = Math.floor(((Date.now() - startedAt) / everyMs) * vehicles);
    for (; sent < due; sent++) {
      const n = sent % vehicles;
      const observedAt = Date.now();
      const angle = n + observedAt / 60_000;
      const radius = 0.002 + 0.03 * ((n * 0.618) % 1);
      const fix = {
        observedAt,
        lat: 2.9555 + radius * Math.sin(angle),
        lon: 99.0575 + radius * Math.cos(angle),
        speedMps: 8,
        headingDeg: Math.round((((-angle * 180) / Math.PI) % 360) + 360) % 360,
      };
      devices[n % clients]!.publish(`city/vehicle/d${n}/position`, JSON.stringify(fix), { qos: 1 });
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}
