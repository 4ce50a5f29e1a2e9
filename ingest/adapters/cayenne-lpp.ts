// Cayenne Low Power Payload (myDevices): channel, type, value; over and over.
import type { MetricId } from '../../model/metrics.ts';

export interface Decoded {
  lat?: number | undefined;
  lon?: number | undefined;
  readings: [metric: MetricId, value: number][];
}

interface DataType {
  bytes: number;
  /** What of it the city keeps; types we do not keep are stepped over. */
  keep?: (data: Buffer, offset: number, into: Decoded) => void;
}

const reading =
  (metric: MetricId, value: (data: Buffer, offset: number) => number) =>
  (data: Buffer, offset: number, into: Decoded): void => {
    // The first channel of a metric counts: a device's own sensor stands before what hangs on it.
    if (!into.readings.some(([held]) => held === metric)) into.readings.push([metric, value(data, offset)]);
  };

const dataTypes = new Map<number, DataType>([
  [0x00, { bytes: 1 }],
  [0x01, { bytes: 1 }],
  [0x02, { bytes: 2 }],
  [0x03, { bytes: 2 }],
  [0x64, { bytes: 4 }],
  [0x65, { bytes: 2, keep: reading('illuminance', (data, at) => data.readUInt16BE(at)) }],
  [0x66, { bytes: 1 }],
  [0x67, { bytes: 2, keep: reading('temperature', (data, at) => data.readInt16BE(at) / 10) }],
  [0x68, { bytes: 1, keep: reading('humidity', (data, at) => data.readUInt8(at) / 2) }],
  [0x71, { bytes: 6 }],
  [0x73, { bytes: 2, keep: reading('pressure', (data, at) => data.readUInt16BE(at) / 10) }],
  [0x74, { bytes: 2, keep: reading('battery', (data, at) => data.readUInt16BE(at) / 100) }],
  [0x76, { bytes: 4 }],
  [0x78, { bytes: 1, keep: reading('batteryLevel', (data, at) => data.readUInt8(at)) }],
  [0x82, { bytes: 4, keep: reading('distance', (data, at) => data.readUInt32BE(at) / 1000) }],
  [0x86, { bytes: 6 }],
  [
    0x88,
    {
      bytes: 9,
      keep: (data, at, into) => {
        into.lat = data.readIntBE(at, 3) / 10_000;
        into.lon = data.readIntBE(at + 3, 3) / 10_000;
      },
    },
  ],
]);

/**
 * Undefined unless every byte is part of a known type and a value that the city keeps is among them: other formats
 * must not be taken for this one.
 */
export function decodeCayenneLpp(data: Buffer): Decoded | undefined {
  const decoded: Decoded = { readings: [] };
  let offset = 0;
  while (offset < data.length) {
    const type = dataTypes.get(data[offset + 1] ?? -1);
    const at = offset + 2;
    if (type === undefined || at + type.bytes > data.length) return undefined;
    type.keep?.(data, at, decoded);
    offset = at + type.bytes;
  }
  return decoded.readings.length === 0 ? undefined : decoded;
}
