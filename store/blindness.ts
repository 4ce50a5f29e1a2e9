// SQL of blindness: which junctions were blind, counted once a minute, and what a day came to.
import type { Database, Query } from './connect.ts';

export interface BlindMinute {
  /** Of the city, `2026-11-30`. */
  day: string;
  /** Its start, epoch milliseconds. */
  minuteMs: number;
  blindJunctions: readonly string[];
}

export interface CountedDay {
  /** Start of the first counted minute, epoch milliseconds. */
  firstMinuteMs: number;
  countedMinutes: number;
  /** Of the junctions that were blind at all. */
  blindMinutes: ReadonlyMap<string, number>;
}

/** Days that are kept: a year, and a month to compare it with the one before. */
export const keptBlindDays = 400;
/** Minutes are kept by themselves for as long as somebody may still bring one: longer than any queue holds them. */
const keptMinuteDays = 3;

/**
 * Counts a minute, each once: of two servers the second waits for the first at the row of the minute, and finds it there.
 * @returns false when it was counted before.
 */
export function insertBlindMinute(db: Database, minute: BlindMinute): Promise<boolean> {
  const { day, minuteMs, blindJunctions } = minute;
  const at = new Date(minuteMs).toISOString();
  return db.transaction(async (tx) => {
    const isNew = await tx.execute('INSERT INTO blind_minute (minute) VALUES ($1) ON CONFLICT DO NOTHING', [
      at,
    ]);
    if (isNew === 0) return false;
    await tx.execute(
      `INSERT INTO blind_day (day, first_minute, counted_minutes) VALUES ($1, $2, 1)
       ON CONFLICT (day) DO UPDATE SET counted_minutes = blind_day.counted_minutes + 1,
         first_minute = least(blind_day.first_minute, excluded.first_minute)`,
      [day, at],
    );
    await tx.execute(
      `INSERT INTO blind_junction (day, junction_id, blind_minutes)
       SELECT $1::date, junction_id, 1 FROM unnest($2::text[]) AS t (junction_id) ORDER BY junction_id
       ON CONFLICT (day, junction_id) DO UPDATE SET blind_minutes = blind_junction.blind_minutes + 1`,
      [day, blindJunctions],
    );
    return true;
  });
}

/** undefined when no minute of the day was counted. */
export async function selectBlindDay(db: Query, day: string): Promise<CountedDay | undefined> {
  const [counted] = await db.query<{
    first_minute: Date;
    counted_minutes: number;
    junctions: string[];
    minutes: number[];
  }>(
    `SELECT first_minute, counted_minutes,
       ARRAY(SELECT junction_id FROM blind_junction j WHERE j.day = d.day ORDER BY junction_id) AS junctions,
       ARRAY(SELECT blind_minutes FROM blind_junction j WHERE j.day = d.day ORDER BY junction_id) AS minutes
     FROM blind_day d WHERE day = $1`,
    [day],
  );
  if (counted === undefined) return undefined;
  const { first_minute, counted_minutes, junctions, minutes } = counted;
  return {
    firstMinuteMs: first_minute.getTime(),
    countedMinutes: counted_minutes,
    blindMinutes: new Map(junctions.map((id, n) => [id, minutes[n]!])),
  };
}

/** Lets go of what is older than is kept. @param day the present one, `2026-11-30`. */
export async function deleteOldBlindDays(db: Query, day: string): Promise<void> {
  await db.execute('DELETE FROM blind_day WHERE day < $1::date - $2::int', [day, keptBlindDays]);
  await db.execute('DELETE FROM blind_minute WHERE minute < $1::date - $2::int', [day, keptMinuteDays]);
}
