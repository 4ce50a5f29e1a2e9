// Parking places: Bosch TPS110 and Nwave NPS. Their few bytes look like anybody's, so the model must be named.
import type { Decoded, Decoder } from './decoder.ts';

const stands = (occupied: boolean): Decoded => ({
  measured: [{ name: 'parkingOccupied', value: occupied ? 1 : 0 }],
});

/** Bosch: 1 a change, 2 a heartbeat with the temperature (°C), 3 a start whose last byte is the state. */
function decodeBosch(bytes: Uint8Array, fPort: number | undefined): Decoded | undefined {
  const state = fPort === 3 ? bytes[16] : bytes[0];
  const lengths: Partial<Record<number, number[]>> = { 1: [1], 2: [1, 2], 3: [17] };
  if (state === undefined || state > 1 || !lengths[fPort ?? 0]?.includes(bytes.length)) return undefined;
  const decoded = stands(state === 1);
  if (fPort === 2 && bytes.length === 2) {
    decoded.measured.push({ name: 'temperature', value: (bytes[1]! << 24) >> 24, unit: '°C' });
  }
  return decoded;
}

export const boschParking: Decoder = {
  id: 'bosch-parking',
  matches: ({ brand, model }) => brand === 'bosch' || /tps110|bosch.*park|park.*bosch/.test(model ?? ''),
  decode: decodeBosch,
};

/**
 * Nwave generation 4 (NPS405, NCC405): the highest bit is the state, on port 1 beside how long the last one held, on
 * port 2 before battery (4 mV above 2.5 V) and temperature (half degrees around 10 °C); 3 is a start.
 */
function decodeNwave4(bytes: Uint8Array, fPort: number | undefined): Decoded | undefined {
  if (fPort === 1 && bytes.length === 1) return stands(bytes[0]! >= 0x80);
  if (fPort === 3 && bytes.length === 5) return stands((bytes[4]! & 1) === 1);
  if (fPort !== 2 || bytes.length !== 3) return undefined;
  const decoded = stands(bytes[0]! >= 0x80);
  decoded.measured.push({ name: 'battery', value: 2.5 + bytes[1]! / 250, unit: 'V' });
  decoded.measured.push({ name: 'temperature', value: ((bytes[2]! << 24) >> 24) / 2 + 10, unit: '°C' });
  return decoded;
}

/** Generation 3 (NPS310): the lowest bit is the state. */
function decodeNwave3(bytes: Uint8Array, fPort: number | undefined): Decoded | undefined {
  if ((fPort === 1 || fPort === 2) && bytes.length >= 1) return stands((bytes[0]! & 1) === 1);
  return fPort === 3 && bytes.length === 5 ? stands((bytes[4]! & 1) === 1) : undefined;
}

const isGeneration3 = /nps-?310/;

export const nwaveParking: Decoder = {
  id: 'nwave-parking',
  matches: ({ brand, model }) =>
    brand === 'nwave' || /nwave|n[pc][sc]-?\d{3}|nps.sm|nps.fm/.test(model ?? ''),
  decode: (bytes, fPort, { model }) =>
    isGeneration3.test(model ?? '') ? decodeNwave3(bytes, fPort) : decodeNwave4(bytes, fPort),
};
