// GET /api/warnings: what stands of the warnings of authorities and of transit feeds, as GeoJSON.
import { Problem } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';
import { toGeometry } from '../../model/warning-geometry.ts';
import { WarningCollection, type WarningFeature } from '../../model/warning.ts';
import { selectLastSeq } from '../../store/changes.ts';
import type { Query } from '../../store/connect.ts';
import { selectStandingWarnings, type StandingWarning } from '../../store/warnings.ts';
import type { App } from '../app.ts';

const hourMs = 3_600_000;

export function warningRoutes(app: App, db: Query): void {
  app.get(
    '/api/warnings',
    {
      config: { access: watchers },
      schema: {
        summary:
          'The warnings that stand, newest first, as GeoJSON; 503 while the database is away, never an empty list. When each source was last heard is in /api/feeds',
        tags: ['warnings'],
        response: { 200: WarningCollection, 503: Problem },
      },
    },
    async (_request, reply) => {
      const now = Date.now();
      // The seq first: what is appended between the two is told again by an event, rather than missed.
      const seq = await selectLastSeq(db);
      const standing = await selectStandingWarnings(db, now);
      reply.header('cache-control', 'no-store').type('application/geo+json; charset=utf-8');
      return {
        type: 'FeatureCollection' as const,
        at: new Date(now).toISOString(),
        seq,
        sentWithin: countByAge(standing, now),
        features: standing.map(toWarningFeature),
      };
    },
  );
}

function countByAge(standing: readonly StandingWarning[], now: number): WarningCollection['sentWithin'] {
  const counts = { hour: 0, day: 0, week: 0, earlier: 0 };
  for (const { warning } of standing) {
    const ageMs = now - Date.parse(warning.sentAt);
    if (ageMs <= hourMs) counts.hour++;
    else if (ageMs <= 24 * hourMs) counts.day++;
    else if (ageMs <= 7 * 24 * hourMs) counts.week++;
    else counts.earlier++;
  }
  return counts;
}

export function toWarningFeature({ id, warning, ...row }: StandingWarning): WarningFeature {
  const { areas, ...rest } = warning;
  const { version, sourceId, simulated } = row;
  return {
    type: 'Feature',
    id,
    geometry: toGeometry(areas),
    properties: {
      ...rest,
      id,
      areaNames: [...new Set(areas.map((area) => area.name).filter(Boolean))],
      version,
      sourceId,
      simulated,
      receivedAt: new Date(row.receivedAt).toISOString(),
    },
  };
}
