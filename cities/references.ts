// What one file of a city says about another: every id that is named must exist, and the streets hang together.
import type { City, CityFile } from '../model/city.ts';

export interface BrokenReference {
  file: CityFile;
  /** Like an instance path of a schema's fault: `/lines/3/junctions/2`. */
  path: string;
  message: string;
}

/** The first reference that leads nowhere; undefined when all is well. */
export function findBrokenReference(city: City): BrokenReference | undefined {
  for (const check of checks) {
    const broken = check(city);
    if (broken) return broken;
  }
  return undefined;
}

type Check = (city: City) => BrokenReference | undefined;

/** The first value that occurs twice, as a fault. */
function findRepeated(file: CityFile, list: string, ids: string[]): BrokenReference | undefined {
  const seen = new Set<string>();
  for (const [at, id] of ids.entries()) {
    if (seen.has(id)) return { file, path: `/${list}/${at}`, message: `"${id}" is there twice` };
    seen.add(id);
  }
  return undefined;
}

const checkDistricts: Check = ({ districts: { districts, subdistricts } }) => {
  const codes = new Set(districts.map((district) => district.code));
  const subCodes = new Set(subdistricts.map((subdistrict) => subdistrict.code));
  for (const [at, district] of districts.entries()) {
    const unknown = district.neighbours.find((code) => !codes.has(code));
    if (unknown)
      return { file: 'districts', path: `/districts/${at}/neighbours`, message: `no district ${unknown}` };
  }
  for (const [at, { districtCode, neighbours }] of subdistricts.entries()) {
    const path = `/subdistricts/${at}`;
    if (!codes.has(districtCode))
      return { file: 'districts', path: `${path}/districtCode`, message: `no district ${districtCode}` };
    const unknown = neighbours.find((code) => !subCodes.has(code));
    if (unknown)
      return { file: 'districts', path: `${path}/neighbours`, message: `no subdistrict ${unknown}` };
  }
  return findRepeated(
    'districts',
    'subdistricts',
    subdistricts.map((subdistrict) => subdistrict.code),
  );
};

const checkPlaces: Check = ({ districts, streets, facilities }) => {
  const names = new Set(districts.subdistricts.map((subdistrict) => subdistrict.name));
  const lists = [
    ['streets', 'junctions', streets.junctions],
    ['facilities', 'facilities', facilities.facilities],
  ] as const;
  for (const [file, list, places] of lists) {
    const at = places.findIndex((place) => !names.has(place.subdistrict));
    if (at < 0) continue;
    return {
      file,
      path: `/${list}/${at}/subdistrict`,
      message: `no subdistrict "${places[at]!.subdistrict}"`,
    };
  }
  return undefined;
};

const checkStreets: Check = ({ streets: { junctions, streets } }) => {
  const reached = new Map(junctions.map((junction) => [junction.id, new Set<string>()]));
  for (const [at, { chain }] of streets.entries()) {
    const path = `/streets/${at}/chain`;
    const ids = chain.filter((link) => typeof link === 'string');
    const unknown = ids.find((id) => !reached.has(id));
    if (unknown) return { file: 'streets', path, message: `no junction "${unknown}"` };
    if (typeof chain[0] !== 'string' || typeof chain.at(-1) !== 'string' || ids.length < 2)
      return { file: 'streets', path, message: 'must begin and end at a junction, and join two at least' };
    for (const [from, id] of ids.slice(1).entries()) {
      reached.get(id)!.add(ids[from]!);
      reached.get(ids[from]!)!.add(id);
    }
  }
  const cut = findUnreached(reached);
  if (cut) {
    const at = junctions.findIndex((junction) => junction.id === cut);
    return {
      file: 'streets',
      path: `/junctions/${at}`,
      message: `"${cut}" hangs together with no other street`,
    };
  }
  return findRepeated(
    'streets',
    'junctions',
    junctions.map((junction) => junction.id),
  );
};

/** A junction that cannot be reached from the first one. */
function findUnreached(reached: Map<string, Set<string>>): string | undefined {
  const [first] = reached.keys();
  if (first === undefined) return undefined;
  const seen = new Set([first]);
  for (const id of seen) for (const next of reached.get(id)!) seen.add(next);
  return [...reached.keys()].find((id) => !seen.has(id));
}

const checkLines: Check = ({ lines: { lines }, streets }) => {
  const edges = new Set<string>();
  for (const { chain } of streets.streets) {
    const ids = chain.filter((link) => typeof link === 'string');
    for (const [from, id] of ids.slice(1).entries())
      edges.add(`${ids[from]} ${id}`).add(`${id} ${ids[from]}`);
  }
  const known = new Set(streets.junctions.map((junction) => junction.id));
  for (const [at, { junctions }] of lines.entries()) {
    for (const [stop, id] of junctions.entries()) {
      const path = `/lines/${at}/junctions/${stop}`;
      if (!known.has(id)) return { file: 'lines', path, message: `no junction "${id}"` };
      const before = junctions[stop - 1];
      if (before !== undefined && !edges.has(`${before} ${id}`))
        return { file: 'lines', path, message: `no street joins "${before}" and "${id}"` };
    }
  }
  return findRepeated(
    'lines',
    'lines',
    lines.map((line) => line.id),
  );
};

const checkRhythms: Check = ({ rhythms, streets }) => {
  const known = new Set(streets.junctions.map((junction) => junction.id));
  const unknown = Object.keys(rhythms.pm25MeanByJunctionUgM3).find((id) => !known.has(id));
  return unknown === undefined
    ? undefined
    : { file: 'rhythms', path: `/pm25MeanByJunctionUgM3/${unknown}`, message: `no junction "${unknown}"` };
};

const checkCategories: Check = ({ categories, agencies }) => {
  const known = new Set(agencies.agencies.map((agency) => agency.id));
  for (const [at, { agencies: named }] of categories.categories.entries()) {
    const unknown = named.find((id) => !known.has(id));
    if (unknown)
      return { file: 'categories', path: `/categories/${at}/agencies`, message: `no agency "${unknown}"` };
  }
  return undefined;
};

const checkFacts: Check = ({ facts: { places }, streets, districts }) => {
  const junctions = new Set(streets.junctions.map((junction) => junction.id));
  const subdistricts = new Set(districts.subdistricts.map((subdistrict) => subdistrict.name));
  const lists = [
    ['congestedJunctions', junctions],
    ['cameraJunctions', junctions],
    ['weakWaterSubdistricts', subdistricts],
  ] as const;
  for (const [list, known] of lists) {
    const at = places[list].findIndex((id) => !known.has(id));
    if (at >= 0)
      return { file: 'facts', path: `/places/${list}/${at}`, message: `"${places[list][at]}" is not known` };
  }
  return undefined;
};

const checkAlarmRules: Check = ({ alarmRules: { rules }, agencies, districts, lines }) => {
  const ids = rules.map((rule) => rule.id);
  const agencyIds = agencies.agencies.map((agency) => agency.id);
  const codes = districts.districts.map((district) => district.code);
  const lineIds = lines.lines.map((line) => line.id);
  for (const [at, { condition, rationalisation, suppressedByRuleIds }] of rules.entries()) {
    const unknownOf = (named: readonly string[] | undefined, known: readonly string[]): string | undefined =>
      named?.find((id) => !known.includes(id));
    const routeIds = 'routeIds' in condition ? condition.routeIds : undefined;
    const districtCodes = [
      ...(condition.kind === 'geofence' ? (condition.districtCodes ?? []) : []),
      ...('assets' in condition ? (condition.assets.districtCodes ?? []) : []),
    ];
    const faults = [
      ['suppressedByRuleIds', 'rule', unknownOf(suppressedByRuleIds, ids)],
      ['rationalisation/owner', 'agency', unknownOf([rationalisation.owner], agencyIds)],
      ['condition/routeIds', 'line', unknownOf(routeIds, lineIds)],
      ['condition', 'district', unknownOf(districtCodes, codes)],
    ] as const;
    for (const [field, what, unknown] of faults)
      if (unknown !== undefined)
        return { file: 'alarmRules', path: `/rules/${at}/${field}`, message: `no ${what} "${unknown}"` };
  }
  return findRepeated('alarmRules', 'rules', ids);
};

const checks = [
  checkFacts,
  checkDistricts,
  checkPlaces,
  checkStreets,
  checkLines,
  checkRhythms,
  checkCategories,
  checkAlarmRules,
];
