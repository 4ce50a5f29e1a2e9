// Writes Sparkplug B payloads for tests, from the field numbers of its Protocol Buffers schema.
type Value =
  | { int: number }
  | { long: bigint }
  | { float: number }
  | { double: number }
  | { boolean: boolean }
  | { text: string };

export interface MetricDraft {
  name?: string;
  alias?: bigint | number;
  timestamp?: number;
  dataType?: number;
  isHistorical?: boolean;
  isNull?: boolean;
  unit?: string;
  value?: Value;
}

export interface PayloadDraft {
  timestamp?: number;
  seq?: number;
  metrics?: MetricDraft[];
}

function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const numberField = (field: number, value: bigint | number | undefined): Buffer =>
  value === undefined ? Buffer.alloc(0) : Buffer.concat([varint(field * 8), varint(value)]);
const bytesField = (field: number, value: Buffer | string | undefined): Buffer => {
  if (value === undefined) return Buffer.alloc(0);
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
};

function valueField(value: Value | undefined): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  if ('int' in value) return numberField(10, value.int >>> 0);
  if ('long' in value) return numberField(11, value.long);
  if ('boolean' in value) return numberField(14, value.boolean ? 1 : 0);
  if ('text' in value) return bytesField(15, value.text);
  const bytes = Buffer.alloc('float' in value ? 4 : 8);
  if ('float' in value) bytes.writeFloatLE(value.float);
  else bytes.writeDoubleLE(value.double);
  return Buffer.concat([varint('float' in value ? 12 * 8 + 5 : 13 * 8 + 1), bytes]);
}

const properties = (unit: string | undefined): Buffer | undefined =>
  unit === undefined
    ? undefined
    : Buffer.concat([
        bytesField(1, 'engLow'),
        bytesField(1, 'engUnit'),
        bytesField(2, numberField(1, 10)),
        bytesField(2, Buffer.concat([numberField(1, 12), bytesField(8, unit)])),
      ]);

const metricBytes = (metric: MetricDraft): Buffer =>
  Buffer.concat([
    bytesField(1, metric.name),
    numberField(2, metric.alias),
    numberField(3, metric.timestamp),
    numberField(4, metric.dataType),
    numberField(5, metric.isHistorical === true ? 1 : undefined),
    numberField(7, metric.isNull === true ? 1 : undefined),
    bytesField(9, properties(metric.unit)),
    valueField(metric.value),
  ]);

export const encodeSparkplug = ({ timestamp, seq, metrics = [] }: PayloadDraft): Buffer =>
  Buffer.concat([
    numberField(1, timestamp),
    ...metrics.map((metric) => bytesField(2, metricBytes(metric))),
    numberField(3, seq),
  ]);
