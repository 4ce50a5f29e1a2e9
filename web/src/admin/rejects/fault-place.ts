// Where in a payload a fault lies: the adapter names a field, in the payload's words or in ours. Pure.

/** What our names are called elsewhere, the likeliest first. */
const otherNames: Record<string, readonly string[]> = {
  observedAt: [
    'time',
    'tst',
    'timestamp',
    'received_at',
    'phenomenonTime',
    'resultTime',
    'fixTime',
    'deviceTime',
    'observedAt',
    'dateObserved',
    'frame_time',
    'start_time',
    'DateTime',
    'sent',
  ],
  lat: ['lat', 'latitude', 'Lintang'],
  lon: ['lon', 'long', 'longitude', 'lng', 'Bujur'],
  speedMps: ['speedMps', 'spd', 'speed', 'vel'],
  headingDeg: ['headingDeg', 'hdg', 'heading', 'course', 'cog', 'bearing'],
};

export interface FaultPlace {
  path: string;
  /** `missing`: the field itself is not in the payload; the place is where it should be. */
  is: 'there' | 'missing';
}

const normal = (path: string): string => path.replace(/\[(\w+)\]/g, '.$1').replace(/^\./, '');
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/**
 * @param paths every path of the payload, parents first.
 * @returns undefined when nothing of the payload can be blamed.
 */
export function findFault(field: string | null, paths: readonly string[]): FaultPlace | undefined {
  if (field === null || field === '') return undefined;
  const wanted = normal(field);
  if (paths.includes(wanted)) return { path: wanted, is: 'there' };
  const name = lastOf(wanted);
  const byName = paths.filter((path) => path.endsWith(`.${wanted}`) || lastOf(path) === name).at(-1);
  if (byName !== undefined) return { path: byName, is: 'there' };
  for (const other of Object.hasOwn(otherNames, name) ? otherNames[name]! : []) {
    const found = paths.filter((path) => lastOf(path) === other).at(-1);
    if (found !== undefined) return { path: found, is: 'there' };
  }
  const parts = wanted.split('.');
  for (let length = parts.length - 1; length > 0; length--) {
    const parent = parts.slice(0, length).join('.');
    if (paths.includes(parent)) return { path: parent, is: 'missing' };
  }
  return undefined;
}
