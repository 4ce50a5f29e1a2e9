// Units: from the spelling and scale that a source uses to the unit in which the registry keeps a metric.
import { metrics, type MetricId } from './metrics.ts';

/** `value × factor + offset` is the value in the base unit of `quantity`. */
interface Unit {
  quantity: string;
  factor: number;
  offset: number;
}

type Row = readonly [spellings: string, factor: number, offset?: number];

/**
 * Spellings, separated by spaces, as `fold` leaves them: UCUM (`ug/m3`, `Cel`), those of devices, and the codes of
 * UN/ECE Recommendation 20. There HPA means a hectolitre of alcohol; sensors mean hectopascal by it.
 */
const quantities: Record<string, readonly Row[]> = {
  temperature: [
    ['K KEL kelvin', 1],
    ['°C Cel CEL C degC degreeCelsius degreesCelsius celsius', 1, 273.15],
    ['°F [degF] FAH F degF degreeFahrenheit degreesFahrenheit fahrenheit', 5 / 9, (459.67 * 5) / 9],
  ],
  ratio: [
    ['1 C62 one ratio fraction', 1],
    ['% P1 percent pct %RH %r.h. %rh RH% %vol %VWC', 1e-2],
    ['ppm [ppm] 59 ppmv', 1e-6],
    ['ppb [ppb] 61 ppbv', 1e-9],
  ],
  pressure: [
    ['Pa PAL pascal', 1],
    ['hPa A97 HPA mbar MBR mb hectopascal millibar', 1e2],
    ['kPa KPA kilopascal', 1e3],
    ['MPa MPA megapascal', 1e6],
    ['bar BAR', 1e5],
    ['psi [psi] PS', 6894.757293],
    ['mmHg mm[Hg] torr', 133.322387],
    ["inHg [in_i'Hg] F79", 3386.389],
    ['atm', 101325],
    ['mH2O m[H2O]', 9806.65],
  ],
  speed: [
    ['m/s MTS mps m.s-1 metrepersecond meterpersecond meterspersecond metrespersecond', 1],
    ['km/h KMH kmh kph km.h-1 km/hr kilometreperhour kilometerperhour kmph', 1 / 3.6],
    ['knot knots KNT kn kt kts [kn_i]', 1852 / 3600],
    ['mph HM mi/h [mi_i]/h mileperhour milesperhour', 1609.344 / 3600],
    ['cm/s 2M', 1e-2],
  ],
  length: [
    ['m MTR metre meter metres meters', 1],
    ['cm CMT centimetre centimeter', 1e-2],
    ['mm MMT millimetre millimeter l/m2', 1e-3],
    ['km KMT kilometre kilometer', 1e3],
    ['ft FOT [ft_i] foot feet', 0.3048],
    ['in INH [in_i] inch inches', 0.0254],
  ],
  rainRate: [
    ['mm/h H67 mm.h-1 mm/hr mmh l/m2/h l/(m2.h)', 1],
    ['mm/min', 60],
    ['mm/d mm/day', 1 / 24],
    ['in/h [in_i]/h in/hr', 25.4],
  ],
  flow: [
    ['l/s G51 l.s-1 lps litrepersecond', 1],
    ['l/min L2 lpm l.min-1', 1 / 60],
    ['l/h E32', 1 / 3600],
    ['m3/h MQH m3.h-1 cmh', 1000 / 3600],
    ['m3/s MQS m3.s-1 cumec', 1000],
    ['m3/d G52 m3/day', 1000 / 86400],
    ['gpm G2 [gal_us]/min gal/min', 3.785411784 / 60],
  ],
  sound: [['dB(A) dBA dB 2N dB[SPL] dB(SPL) dBSPL LAeq decibel', 1]],
  massConcentration: [
    ['ug/m3 GQ ug.m-3 ugm3 microgrampercubicmetre microgrampercubicmeter', 1],
    ['mg/m3 GP mg.m-3 mgm3', 1e3],
    ['ng/m3 ng.m-3', 1e-3],
    ['ug/l H29', 1e3],
    ['mg/l M1 mg.l-1 g/m3', 1e6],
    ['g/l GL', 1e9],
  ],
  illuminance: [
    ['lx LUX lux', 1],
    ['klx klux', 1e3],
  ],
  irradiance: [['W/m2 D54 W.m-2', 1]],
  rate: [
    ['/h 1/h h-1 perhour veh/h vehicles/h vph pax/h', 1],
    ['/min 1/min min-1 perminute veh/min', 60],
    ['/s 1/s s-1', 3600],
    ['/d 1/d', 1 / 24],
  ],
  angle: [
    ['° deg DD degree degrees', 1],
    ['rad C81 radian', 180 / Math.PI],
  ],
  voltage: [
    ['V VLT volt volts', 1],
    ['mV 2Z millivolt', 1e-3],
    ['kV', 1e3],
  ],
  current: [
    ['A AMP ampere amps', 1],
    ['mA 4K milliampere', 1e-3],
    ['kA', 1e3],
  ],
  power: [
    ['W WTT watt', 1],
    ['mW', 1e-3],
    ['kW KWT kilowatt', 1e3],
    ['MW MAW megawatt', 1e6],
  ],
  energy: [
    ['Wh WHR W.h watthour', 1],
    ['kWh KWH kW.h kilowatthour', 1e3],
    ['MWh MWH MW.h', 1e6],
    ['J', 1 / 3600],
    ['kJ', 1 / 3.6],
    ['MJ', 1e3 / 3.6],
    ['GJ GV', 1e6 / 3.6],
  ],
  charge: [
    ['Ah AMH A.h', 1],
    ['mAh mA.h', 1e-3],
  ],
  frequency: [
    ['Hz HTZ hertz', 1],
    ['kHz', 1e3],
  ],
  conductivity: [
    ['uS/cm G42 uS.cm-1', 1],
    ['mS/cm H61 mS.cm-1 dS/m', 1e3],
    ['S/m D10', 1e4],
    ['mS/m', 10],
    ['uS/m G43', 1e-2],
  ],
  turbidity: [['NTU FNU FTU', 1]],
  volume: [
    ['m3 MTQ', 1],
    ['l LTR litre liter', 1e-3],
  ],
  time: [
    ['s SEC second seconds', 1],
    ['ms', 1e-3],
    ['min MIN minute minutes', 60],
    ['h HUR hour hours', 3600],
  ],
  number: [['pH [pH] Q30 bool boolean count {count} index', 1]],
};

/** One spelling of many: µ as u, exponents and dots plain, no spaces. */
const fold = (unit: string): string =>
  unit
    .normalize('NFKC')
    .replaceAll('μ', 'u')
    .replaceAll('º', '°')
    .replace(/[·⋅∙*]/g, '.')
    .replaceAll('−', '-')
    .replace(/[\s^]/g, '')
    .replace(/(^|[/.])L\b/g, '$1l')
    .replace(/([mu])g\/L/g, '$1g/l');

const exact = new Map<string, Unit>();
/** Null where two units differ by capitals only, like mW and MW. */
const anyCase = new Map<string, Unit | null>();
for (const [quantity, rows] of Object.entries(quantities)) {
  for (const [spellings, factor, offset = 0] of rows) {
    const unit = { quantity, factor, offset };
    for (const spelling of spellings.split(' ')) {
      exact.set(fold(spelling), unit);
      const lower = fold(spelling).toLowerCase();
      const held = anyCase.get(lower);
      anyCase.set(lower, held === undefined || held === unit ? unit : null);
    }
  }
}

const remembered = 512;
const found = new Map<string, Unit | undefined>();

/** Feeds use few spellings, again and again. */
function unitOf(spelling: string): Unit | undefined {
  if (found.has(spelling)) return found.get(spelling);
  const folded = fold(spelling);
  const unit = exact.get(folded) ?? anyCase.get(folded.toLowerCase()) ?? undefined;
  if (found.size >= remembered) found.clear();
  found.set(spelling, unit);
  return unit;
}

/**
 * Grams a mole, from the IUPAC standard atomic weights 2021 (abridged). NOx counts as NO2, as directive 2008/50/EC,
 * article 2 (24) has it.
 */
const molarMass: Partial<Record<MetricId, number>> = {
  so2: 64.066,
  co: 28.01,
  o3: 47.997,
  no2: 46.006,
  no: 30.006,
  nox: 46.006,
  h2s: 34.082,
  nh3: 17.031,
  hcho: 30.026,
  co2: 44.009,
};

/** Litres a mole of an ideal gas at 25 °C and 101.325 kPa: R·T/p with R = 8.314462618 J/(mol K) (CODATA 2018). */
const molarVolume = (8.314462618 * 298.15) / 101.325;

/**
 * A value in the unit of the registry. `unit` is a UCUM or common spelling or a code of UN/ECE Recommendation 20;
 * parts by volume of a gas become a mass concentration, and the other way, at 25 °C and 101.325 kPa. Undefined when
 * the unit is not known, or measures something else.
 */
export function toRegistryUnit(metric: MetricId, value: number, unit: string): number | undefined {
  const own = metrics[metric].unit;
  if (unit === own) return value;
  const from = unitOf(unit);
  if (from === undefined) return undefined;
  if (own === '') return from.quantity === 'number' || isOne(from) ? value : undefined;
  const to = unitOf(own);
  if (to === undefined) return undefined;
  const base = value * from.factor + from.offset;
  if (from.quantity === to.quantity) return tidy((base - to.offset) / to.factor);
  const mass = molarMass[metric];
  if (mass === undefined) return undefined;
  // Base units: parts, and µg/m³.
  const perPart = (mass / molarVolume) * 1e9;
  if (from.quantity === 'ratio' && to.quantity === 'massConcentration')
    return tidy((base * perPart) / to.factor);
  if (from.quantity === 'massConcentration' && to.quantity === 'ratio')
    return tidy(base / perPart / to.factor);
  return undefined;
}

const isOne = ({ quantity, factor }: Unit): boolean => quantity === 'ratio' && factor === 1;

/** Without the dust of binary fractions: 0.54 is 54 %, not 54.00000000000001. */
const tidy = (value: number): number => Number(value.toPrecision(12));
