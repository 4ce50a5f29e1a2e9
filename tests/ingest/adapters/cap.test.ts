// CAP as pairs: a message in, a warning or the reason out; what is wrong within an info is said beside the warning.
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { capLinks } from '../../../ingest/adapters/cap-index.ts';
import type { Outcome } from '../../../model/observation.ts';
import type { Warning } from '../../../model/warning.ts';
import { recordingsFolder } from '../../places.ts';
import { haveRecordings, newReader } from './read.ts';

const read = (payload: string | Buffer): Outcome[] => newReader('cap').read('poll', payload);
const shown = (outcomes: Outcome[]): unknown[] =>
  outcomes.map((outcome) =>
    outcome.kind === 'rejected' ? [outcome.reason, outcome.field ?? null] : outcome.kind,
  );
function warningIn(outcomes: Outcome[]): Warning {
  const found = outcomes.find((outcome) => outcome.kind === 'warning');
  if (found === undefined) throw new Error(JSON.stringify(outcomes));
  return found.warning;
}

const head = {
  identifier: '<identifier>1</identifier>',
  sender: '<sender>cuaca@example.id</sender>',
  sent: '<sent>2026-11-24T12:00:00+07:00</sent>',
  status: '<status>Actual</status>',
  msgType: '<msgType>Alert</msgType>',
  scope: '<scope>Public</scope>',
};
const area =
  '<area><areaDesc>Siantar</areaDesc><polygon>2.9,99.0 2.9,99.1 3.0,99.1 2.9,99.0</polygon></area>';
const info = (inner = '', language = '<language>id</language>', areas = area): string =>
  `<info>${language}<category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency>
   <severity>Moderate</severity><certainty>Observed</certainty>${inner}${areas}</info>`;
const alert = (changed: Partial<typeof head> = {}, infos = info()): string =>
  `<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  ${Object.values({ ...head, ...changed }).join('\n')}${infos}</alert>`;

describe('the head', () => {
  test('a warning', () => {
    expect(read(alert())).toEqual([
      {
        kind: 'warning',
        sourceId: 'cuaca@example.id,1',
        observedAt: Date.parse('2026-11-24T05:00:00Z'),
        warning: {
          id: 'cuaca@example.id,1',
          kind: 'hazard',
          action: 'alert',
          references: [],
          sender: 'cuaca@example.id',
          event: 'Hujan Lebat',
          severity: 'moderate',
          urgency: 'Immediate',
          certainty: 'Observed',
          sentAt: '2026-11-24T05:00:00.000Z',
          onsetAt: null,
          expiresAt: null,
          texts: [{ language: 'id', headline: '', description: '', instruction: '' }],
          areas: [
            {
              name: 'Siantar',
              polygons: [
                [
                  [99, 2.9],
                  [99.1, 2.9],
                  [99.1, 3],
                  [99, 2.9],
                ],
              ],
              circles: [],
            },
          ],
          routeIds: [],
          stopIds: [],
          exercise: false,
        },
      },
    ]);
  });
  test.each<[name: string, changed: Partial<typeof head>, expected: unknown]>([
    ['no identifier', { identifier: '' }, ['bad-id', 'alert.identifier']],
    ['empty sender', { sender: '<sender> </sender>' }, ['bad-id', 'alert.sender']],
    [
      'endless id',
      { identifier: `<identifier>${'x'.repeat(300)}</identifier>` },
      ['bad-id', 'alert.identifier'],
    ],
    ['no time', { sent: '' }, ['schema', 'alert.sent']],
    ['a time without offset', { sent: '<sent>2026-11-24T12:00:00</sent>' }, ['schema', 'alert.sent']],
    ['a status of its own', { status: '<status>Real</status>' }, ['schema', 'alert.status']],
    ['no scope', { scope: '' }, ['schema', 'alert.scope']],
    ['another type', { msgType: '<msgType>Warn</msgType>' }, ['schema', 'alert.msgType']],
    ['Ack', { msgType: '<msgType>Ack</msgType>' }, ['not-an-observation', 'alert.msgType']],
    ['Error', { msgType: '<msgType>Error</msgType>' }, ['not-an-observation', 'alert.msgType']],
    ['Cancel of nothing', { msgType: '<msgType>Cancel</msgType>' }, ['schema', 'alert.references']],
  ])('%s', (_name, changed, expected) => expect(shown(read(alert(changed)))).toEqual([expected]));
  test.each(['Exercise', 'System', 'Test', 'Draft'])('%s is never taken for real', (status) =>
    expect(warningIn(read(alert({ status: `<status>${status}</status>` }))).exercise).toBe(true),
  );
  test.each(['Update', 'Cancel'])('%s names what it ends', (type) => {
    const references = `<references>cuaca@example.id,0,2026-11-24T11:00:00+07:00
      other@example.id,__proto__,2026-11-24T11:00:00+07:00</references>`;
    const given = alert({ msgType: `<msgType>${type}</msgType>`, scope: head.scope + references }, '');
    expect(warningIn(read(given))).toMatchObject({
      action: type.toLowerCase(),
      references: ['cuaca@example.id,0', 'other@example.id,__proto__'],
    });
  });
  test('a reference that is none, and one to itself', () => {
    const references = '<references>nonsense cuaca@example.id,1,2026-11-24T11:00:00+07:00</references>';
    const outcomes = read(alert({ scope: head.scope + references }));
    expect(shown(outcomes)).toEqual([['schema', 'alert.references'], 'warning']);
    expect(warningIn(outcomes).references).toEqual([]);
  });
  test.each(['__proto__', 'constructor', 'toString'])('the identifier %s is one like any other', (id) =>
    expect(warningIn(read(alert({ identifier: `<identifier>${id}</identifier>` }))).id).toBe(
      `cuaca@example.id,${id}`,
    ),
  );
  test('an alert that says nothing is one still', () => {
    expect(warningIn(read(alert({}, '')))).toMatchObject({
      event: '',
      severity: 'unknown',
      texts: [],
      areas: [],
    });
  });
  test.each([
    ['1.0', alert().replace('cap:1.2', 'cap:1.0'), ['schema', 'alert']],
    ['no namespace', alert().replace(/ xmlns="[^"]*"/, ''), ['schema', 'alert']],
    ['HTML', '<html><body>Not found</body></html>', ['schema', 'alert']],
    ['an index', '<rss><channel><item><link>/a</link></item></channel></rss>', ['not-an-observation', 'rss']],
  ])('%s is none', (_name, given, expected) => expect(shown(read(given))).toEqual([expected]));
  test('a prefix for the namespace changes nothing; elements of others are left out', () => {
    const prefixed = alert()
      .replaceAll(/<(\/?)(\w)/g, '<$1cap:$2')
      .replace('xmlns=', 'xmlns:cap=')
      .replace('<cap:identifier>', '<x xmlns="urn:other"><identifier>0</identifier></x><cap:identifier>');
    expect(warningIn(read(prefixed)).id).toBe('cuaca@example.id,1');
  });
});

describe('info', () => {
  test('Indonesian first, and the same place only once', () => {
    const infos =
      info('<headline>Heavy rain</headline>', '') +
      info('<headline>大雨</headline>', '<language>zh</language>') +
      info(
        '<headline>Hujan lebat</headline><instruction>Berteduh</instruction>',
        '<language>id-ID</language>',
      );
    const warning = warningIn(read(alert({}, infos)));
    expect(warning.texts.map((text) => [text.language, text.headline])).toEqual([
      ['id-ID', 'Hujan lebat'],
      ['en-US', 'Heavy rain'],
      ['zh', '大雨'],
    ]);
    expect(warning.texts[0]!.instruction).toBe('Berteduh');
    expect(warning.areas).toHaveLength(1);
  });
  test('of several parts: the gravest, the earliest onset, the latest end, all texts and areas', () => {
    const infos =
      info(
        '<onset>2026-11-24T13:00:00+07:00</onset><expires>2026-11-24T15:00:00+07:00</expires><description>Satu</description>',
      ) +
      info(
        '<effective>2026-11-24T12:30:00+07:00</effective><expires>2026-11-24T17:00:00+07:00</expires><description>Dua</description>',
        '<language>id</language>',
        '<area><areaDesc>Simalungun</areaDesc><circle>2.9,99.0 12.5</circle></area>',
      ).replace('Moderate', 'Extreme');
    expect(warningIn(read(alert({}, infos)))).toMatchObject({
      severity: 'extreme',
      onsetAt: '2026-11-24T05:30:00.000Z',
      expiresAt: '2026-11-24T10:00:00.000Z',
      texts: [{ description: 'Satu\n\nDua' }],
      areas: [{ name: 'Siantar' }, { name: 'Simalungun', circles: [{ lat: 2.9, lon: 99, radiusKm: 12.5 }] }],
    });
  });
  test('one part without an end leaves the whole without', () => {
    const infos = info('<expires>2026-11-24T15:00:00+07:00</expires>') + info();
    expect(warningIn(read(alert({}, infos))).expiresAt).toBeNull();
  });
  test('faults are said beside the warning, which stands', () => {
    const faulty = info('<expires>tomorrow</expires>')
      .replace('Moderate', 'High')
      .replace('<event>Hujan Lebat</event>', '');
    expect(shown(read(alert({}, info() + faulty)))).toEqual([
      ['schema', 'alert.info[1].expires'],
      ['schema', 'alert.info[1].severity'],
      'warning',
    ]);
    expect(shown(read(alert({}, faulty)))).toContainEqual(['schema', 'alert.info[0].event']);
  });
  test('names, codes and numbers', () => {
    const inner = `<senderName>BMKG</senderName><web>https://bmkg.go.id/a</web>
      <parameter><valueName>Magnitude</valueName><value>6.3</value></parameter>
      <parameter><valueName>Depth</valueName><value>38.7 km (24.0 miles)</value></parameter>`;
    const place = `<area><areaDesc>A</areaDesc><geocode><valueName>Kemendagri</valueName><value>12.72</value></geocode></area>`;
    expect(
      warningIn(read(alert({}, info(inner, '', place).replace('Hujan Lebat', 'Gempabumi')))),
    ).toMatchObject({
      kind: 'earthquake',
      sender: 'BMKG',
      web: 'https://bmkg.go.id/a',
      magnitude: 6.3,
      depthKm: 38.7,
      areas: [{ geocodes: [{ name: 'Kemendagri', value: '12.72' }] }],
    });
  });
  test.each(['javascript:alert(1)', 'ftp://x/', 'https://[', 'no address'])(
    '%s is no address to show',
    (web) => expect(warningIn(read(alert({}, info(`<web>${web}</web>`)))).web).toBeUndefined(),
  );
  test('an endless text is cut, between characters', () => {
    const { description } = warningIn(
      read(alert({}, info(`<description>x${'😀'.repeat(6000)}</description>`))),
    ).texts[0]!;
    expect(description).toHaveLength(9999);
    expect(description.endsWith('😀')).toBe(true);
  });
});

describe('areas', () => {
  const withArea = (inner: string): Outcome[] =>
    read(alert({}, info('', '', `<area><areaDesc>A</areaDesc>${inner}</area>`)));
  test.each<[string, string, unknown[], [number, number][][]]>([
    [
      'an open ring is closed',
      '<polygon>1,2 1,3 2,3</polygon>',
      [],
      [
        [
          [2, 1],
          [3, 1],
          [3, 2],
          [2, 1],
        ],
      ],
    ],
    ['two pairs', '<polygon>1,2 1,3</polygon>', ['schema', 'alert.info[0].area[0].polygon[0]'], []],
    ['empty', '<polygon/>', ['schema', 'alert.info[0].area[0].polygon[0]'], []],
    [
      'longitude first',
      '<polygon>99.0,2.9 99.1,2.9 99.1,3.0 99.0,2.9</polygon>',
      ['off-earth', 'alert.info[0].area[0].polygon[0]'],
      [],
    ],
    ['words', '<polygon>here and there</polygon>', ['schema', 'alert.info[0].area[0].polygon[0]'], []],
    [
      'not finite',
      '<polygon>NaN,2 1,Infinity 2,1e999 1,2</polygon>',
      ['schema', 'alert.info[0].area[0].polygon[0]'],
      [],
    ],
    [
      'three numbers',
      '<polygon>1,2,3 1,3 2,3 1,2</polygon>',
      ['schema', 'alert.info[0].area[0].polygon[0]'],
      [],
    ],
  ])('%s', (_name, inner, fault, polygons) => {
    const outcomes = withArea(inner);
    expect(shown(outcomes)).toEqual(fault.length > 0 ? [fault, 'warning'] : ['warning']);
    expect(warningIn(outcomes).areas[0]!.polygons).toEqual(polygons);
  });
  test.each(['1,2', '1,2 -1', '1,2 far', '1,2 3 4', '91,2 3', '', '1,2 99999'])('no circle: %j', (text) => {
    const outcomes = withArea(`<circle>${text}</circle>`);
    expect(shown(outcomes)[0]).toContain('alert.info[0].area[0].circle[0]');
    expect(warningIn(outcomes).areas[0]!.circles).toEqual([]);
  });
  test('150 polygons of 300 points, and not endlessly many', () => {
    const ring = Array.from({ length: 300 }, (_, n) => `${Math.sin(n / 48)},${Math.cos(n / 48)}`).join(' ');
    expect(warningIn(withArea(`<polygon>${ring}</polygon>`.repeat(150))).areas[0]!.polygons).toHaveLength(
      150,
    );
    const outcomes = withArea(`<polygon>${ring}</polygon>`.repeat(400));
    expect(shown(outcomes)[0]).toEqual(['too-large', 'alert.info[0].area[0].polygon[332]']);
    expect(warningIn(outcomes).areas[0]!.polygons).toHaveLength(332);
  });
  test('one bad ring costs none of the others', () => {
    const outcomes = withArea(
      '<polygon>1,2 1,3 2,3 1,2</polygon><polygon>1</polygon><polygon>5,6 5,7 6,7 5,6</polygon>',
    );
    expect(shown(outcomes)).toEqual([['schema', 'alert.info[0].area[0].polygon[1]'], 'warning']);
    expect(warningIn(outcomes).areas[0]!.polygons).toHaveLength(2);
  });
});

describe('attacks', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
    ${'bcdefghij'.replaceAll(/./g, (name) => `<!ENTITY ${name} "${`&${String.fromCharCode(name.charCodeAt(0) - 1)};`.repeat(10)}">`)}]>`;
  test.each<[string, string | Buffer, unknown]>([
    [
      'an entity bomb',
      bomb +
        alert()
          .replace(/^.*?\?>/, '')
          .replace('Siantar', '&j;'),
      ['not-xml', null],
    ],
    ['a DOCTYPE alone', `<!DOCTYPE alert>${alert().replace(/^.*?\?>/, '')}`, ['not-xml', null]],
    ['an entity of nobody', alert().replace('Siantar', '&xxe;'), ['not-xml', null]],
    ['half a pair', alert().replace('Siantar', '&#xD800;'), ['not-xml', null]],
    ['NUL', alert().replace('Siantar', '\0'), ['not-xml', null]],
    ['100,000 deep', '<a>'.repeat(100_000), ['too-large', null]],
    ['a million elements', `<alert>${'<a/>'.repeat(1_000_000)}</alert>`, ['too-large', null]],
    ['8 MiB and more', Buffer.alloc(8 * 2 ** 20 + 1, 32), ['too-large', null]],
    ['nothing', '', ['empty', null]],
    ['JSON', '{"alert": 1}', ['not-xml', null]],
    ['cut off', alert().slice(0, 400), ['not-xml', null]],
    ['a prefix of nobody', '<x:alert/>', ['not-xml', null]],
    ['UTF-16', Buffer.from(alert(), 'utf16le'), ['not-xml', null]],
    ['Latin 1', Buffer.from(alert().replace('Siantar', 'Sïantar'), 'latin1'), ['not-utf8', null]],
  ])('%s', (_name, given, expected) => expect(shown(read(given))).toEqual([expected]));
  test('a bomb costs nothing', () => {
    const from = performance.now();
    for (let n = 0; n < 100; n++) read(bomb + alert());
    expect(performance.now() - from).toBeLessThan(1000);
  });
  test('markup in a text stays text', () => {
    const inner =
      '<headline>&lt;script>alert(1)&lt;/script></headline><description><![CDATA[<b>&amp;]]></description>';
    expect(warningIn(read(alert({}, info(inner)))).texts[0]).toMatchObject({
      headline: '<script>alert(1)</script>',
      description: '<b>&amp;',
    });
  });
});

describe('an index', () => {
  test('RSS: links, each once; what is an alert by its type before the page for people', () => {
    const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
      <link>https://www.bmkg.go.id</link><atom:link href="https://www.bmkg.go.id/alerts/nowcast/id" rel="self"/>
      <item><title>Hujan</title><link>https://www.bmkg.go.id/alerts/nowcast/id/CGT_alert.xml</link></item>
      <item><link>https://www.bmkg.go.id/alerts/nowcast/id/CGT_alert.xml</link></item>
      <item><link>/page</link><enclosure url="/b.xml" type="application/cap+xml"/></item><item/>
      </channel></rss>`;
    expect(capLinks(Buffer.from(rss))).toEqual([
      'https://www.bmkg.go.id/alerts/nowcast/id/CGT_alert.xml',
      '/b.xml',
    ]);
  });
  test('Atom: the alternate, or what is an alert by its type', () => {
    const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><link href="/self" rel="self"/>
      <entry><link href="/a"/><link href="/edit" rel="edit"/></entry>
      <entry><link href="/page" rel="alternate"/><link href="/b" type="application/cap+xml"/></entry>
      <entry><link href="/only-edit" rel="edit"/></entry></feed>`;
    expect(capLinks(Buffer.from(atom))).toEqual(['/a', '/b']);
  });
  test('one without alerts is an index all the same', () =>
    expect(capLinks(Buffer.from('<rss><channel/></rss>'))).toEqual([]));
  test('at most 500', () => {
    const items = Array.from({ length: 700 }, (_, n) => `<item><link>/${n}</link></item>`).join('');
    expect(capLinks(Buffer.from(`<rss><channel>${items}</channel></rss>`))).toHaveLength(500);
  });
  test.each([alert(), '<feed/>', 'nonsense', ''])('no index: %.20j', (body) =>
    expect(capLinks(Buffer.from(body))).toBeUndefined(),
  );
});

test('fuzz: never throws, always gives an outcome, and every ring is closed and on the earth', () => {
  const words = fc.constantFrom(
    ...['alert', 'info', 'area', 'identifier', 'sender', 'sent', 'status', 'msgType', 'scope', 'references'],
    ...[
      'polygon',
      'circle',
      'language',
      'severity',
      'expires',
      'parameter',
      'valueName',
      '__proto__',
      'constructor',
    ],
  );
  const texts = fc.oneof(
    fc.constantFrom(
      'Actual',
      'Alert',
      'Public',
      '1,2 3,4 5,6',
      '1,2 3',
      '2026-11-24T12:00:00+07:00',
      '&amp;',
      '&a;',
      ']]>',
      '\ufeff',
    ),
    fc.string(),
  );
  const { element } = fc.letrec<{ element: string }>((tie) => ({
    element: fc
      .tuple(
        words,
        fc.oneof(
          { maxDepth: 4 },
          texts,
          fc.array(tie('element'), { maxLength: 5 }).map((all) => all.join('')),
        ),
      )
      .map(([name, inner]) => `<${name}>${inner}</${name}>`),
  }));
  const cut = fc
    .tuple(fc.constant(alert()), fc.nat(1200), fc.nat(40), texts)
    .map(([whole, from, length, text]) => whole.slice(0, from) + text + whole.slice(from + length));
  const inAlert = fc.array(element).map((all) => alert({}, all.join('')));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all));
  fc.assert(
    fc.property(fc.oneof<fc.Arbitrary<string | Buffer>[]>(element, cut, inAlert, bytes), (given) => {
      const outcomes = read(given);
      expect(outcomes.length).toBeGreaterThan(0);
      for (const outcome of outcomes) {
        if (outcome.kind !== 'warning') continue;
        for (const ring of outcome.warning.areas.flatMap((each) => each.polygons)) {
          expect(ring.length).toBeGreaterThan(3);
          expect(ring[0]).toEqual(ring.at(-1));
          expect(ring.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90)).toBe(true);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

if (!haveRecordings) console.warn('CAP: recordings are not here; not read');
describe.skipIf(!haveRecordings)('recordings', () => {
  const folder = join(recordingsFolder, 'cap');
  const file = (name: string): Outcome[] => read(readFileSync(join(folder, name)));
  test('all of them', () => {
    expect(Object.fromEntries(readdirSync(folder).map((name) => [name, shown(file(name))]))).toEqual({
      'bmkg-id-CGT20260924002_alert.xml': ['warning'],
      'earthquake.cap': ['warning'],
      'invalid.cap': [['schema', 'alert.scope']],
      'no_optional_fields.cap': ['warning'],
      'thunderstorm.cap': ['warning'],
      'weather.cap': ['warning'],
      'xee.cap': [['not-xml', null]],
    });
  });
  test('BMKG: latitude first becomes longitude first, in Gorontalo', () => {
    const { areas, ...warning } = warningIn(file('bmkg-id-CGT20260924002_alert.xml'));
    expect(warning).toMatchObject({
      id: 'cuaca.ekstrem@bmkg.go.id,2.49.0.1.360.0.2026.09.24.07.75.002',
      sender: 'Badan Meteorologi Klimatologi dan Geofisika',
      severity: 'moderate',
      onsetAt: '2026-09-24T07:27:00.000Z',
      expiresAt: '2026-09-24T09:27:00.000Z',
      texts: [{ language: 'id', headline: 'Hujan Lebat disertai Petir di Gorontalo' }],
    });
    expect(areas[0]!.polygons.map((ring) => ring.length)).toEqual([44, 4, 4, 36]);
    for (const [lon, lat] of areas[0]!.polygons.flat()) {
      expect(lon).toBeGreaterThan(122);
      expect(lat).toBeLessThan(1);
    }
  });
  test('1.1: an earthquake of the USGS, at a point', () => {
    expect(warningIn(file('earthquake.cap'))).toMatchObject({
      kind: 'earthquake',
      severity: 'unknown',
      magnitude: 6.3,
      depthKm: 38.7,
      sender: 'U.S. Geological Survey',
      areas: [{ circles: [{ lat: -16.053, lon: -173.274, radiusKm: 0 }] }],
    });
  });
  test('geocodes without any shape are kept', () =>
    expect(warningIn(file('weather.cap')).areas[0]).toMatchObject({
      polygons: [],
      geocodes: [
        { name: 'FIPS6', value: '030049' },
        { name: 'UGC', value: 'MTZ014' },
      ],
    }));
});
