// GET /api/blindness: what the city cannot see, by kecamatan and junction, and for how many minutes of today it could not.
import { blindShares, toBlindField, toGround, type Ground } from '../../model/blind-ground.ts';
import { Blindness, byDistrict, type BlindDay } from '../../model/blindness-http.ts';
import {
  airReachM,
  cameraReachM,
  dayIn,
  hearingOf,
  lookAround,
  otherReachM,
  riverReachM,
  toBlindPlaces,
  toEyes,
} from '../../model/blindness.ts';
import type { CityMap } from '../../model/city.ts';
import { Problem } from '../../model/http.ts';
import type { LinkState } from '../../model/live.ts';
import { watchers } from '../../model/roles.ts';
import type { LivePicture } from '../../bus/picture.ts';
import { selectBlindDay, type CountedDay } from '../../store/blindness.ts';
import type { Query } from '../../store/connect.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';

export interface BlindnessRouteOptions {
  db: Query;
  picture: LivePicture;
  city: CityMap;
  links: () => LinkState;
}

const minuteMs = 60_000;
/** A minute is counted some seconds after its end. */
const countedWithinMs = 10_000;

const reach = {
  cameraM: cameraReachM,
  airM: airReachM,
  riverM: riverReachM,
  otherM: otherReachM,
  estimated: true,
} as const;

export function blindnessRoutes(app: App, { db, picture, city, links }: BlindnessRouteOptions): void {
  const places = toBlindPlaces(city);
  let ground: Ground | undefined;
  app.get(
    '/api/blindness',
    {
      config: { access: watchers },
      schema: {
        summary:
          'Junctions and areas without a fresh camera or sensor in reach, by kecamatan, with the minutes of blindness today',
        tags: ['blindness'],
        response: { 200: Blindness, 503: Problem },
      },
    },
    async (_request, reply) => {
      if (picture.loadedAt === undefined) throw new HttpProblem(503, 'There is no picture of the city yet.');
      const now = Date.now();
      const day = dayIn(now, city.facts.timeZone);
      const counted = await selectBlindDay(db, day);
      const minutes = counted?.blindMinutes ?? new Map<string, number>();
      const hearing = hearingOf(links());
      // While nothing is heard, everything falls silent by itself: then it is as it was when we heard last.
      const atMs = hearing.ok ? now : hearing.since;
      const eyes = toEyes(picture.all(), atMs, hearing.ok ? hearing.since : undefined);
      const sights = lookAround(places, eyes);
      ground ??= toGround(city.districts);
      const shares = blindShares(ground, toBlindField(ground, eyes), places.districts.length);
      reply.header('cache-control', 'no-store');
      return {
        at: new Date(atMs).toISOString(),
        unknownSince: hearing.ok ? null : new Date(hearing.since).toISOString(),
        ...toDay(day, counted, now),
        reach,
        districts: byDistrict(places, sights, minutes, shares),
        junctions: sights.map((sight) => ({ ...sight, blindMinutes: minutes.get(sight.id) ?? 0 })),
      };
    },
  );
}

function toDay(day: string, counted: CountedDay | undefined, nowMs: number): BlindDay {
  if (counted === undefined) return { day, countedSince: null, countedMinutes: 0, uncountedMinutes: 0 };
  const { firstMinuteMs, countedMinutes } = counted;
  const ended = Math.floor((nowMs - countedWithinMs) / minuteMs) - firstMinuteMs / minuteMs;
  return {
    day,
    countedSince: new Date(firstMinuteMs).toISOString(),
    countedMinutes,
    uncountedMinutes: Math.max(0, ended - countedMinutes),
  };
}
