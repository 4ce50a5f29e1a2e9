// A timetable for the city of tests, made of its own lines and junctions, that runs at every hour of every day.
import type { City } from '../model/city.ts';

/** Between two trips of a line, from midnight on. */
export const everyMinutes = 12;
const legMinutes = 4;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const time = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00`;

/** @returns the files of the feed, by name; its last line runs by headway. */
export function cityFeed({ lines, streets }: City): Record<string, string> {
  const junctionOf = new Map(streets.junctions.map((junction) => [junction.id, junction]));
  const used = new Set<string>();
  const routes: string[] = [];
  const trips: string[] = [];
  const stopTimes: string[] = [];
  const shapes: string[] = [];
  const frequencies: string[] = [];
  for (const [at, line] of lines.lines.entries()) {
    const stops = line.junctions.filter((id) => junctionOf.has(id));
    const byHeadway = at === lines.lines.length - 1;
    const headsign = quoted(junctionOf.get(stops.at(-1)!)!.name);
    routes.push(`${line.id},${line.id},${quoted(line.name)},3,${line.colour.slice(1).toUpperCase()}`);
    stops.forEach((id, index) => {
      used.add(id);
      const [lon, lat] = junctionOf.get(id)!.position;
      shapes.push(`${line.id},${lat},${lon},${index}`);
    });
    const leaves = byHeadway
      ? [0]
      : Array.from({ length: (24 * 60) / everyMinutes }, (_, n) => n * everyMinutes);
    for (const from of leaves) {
      const tripId = `${line.id}-${from}`;
      trips.push(`${line.id},ALL,${tripId},${headsign},${line.id}`);
      stops.forEach((id, index) => {
        const when = time(from + index * legMinutes);
        stopTimes.push(`${tripId},${when},${when},${id},${index}`);
      });
      if (byHeadway) frequencies.push(`${tripId},00:00:00,24:00:00,${line.headwayMinutes * 60},0`);
    }
  }
  const file = (head: string, rows: readonly string[]): string => `${head}\n${rows.join('\n')}\n`;
  return {
    'agency.txt': file('agency_id,agency_name,agency_url,agency_timezone', [
      'A,Dishub,https://example.id,Asia/Jakarta',
    ]),
    'calendar.txt': file(
      'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date',
      ['ALL,1,1,1,1,1,1,1,20200101,20991231'],
    ),
    'routes.txt': file('route_id,route_short_name,route_long_name,route_type,route_color', routes),
    'stops.txt': file(
      'stop_id,stop_name,stop_lat,stop_lon',
      [...used].map((id) => {
        const { name, position } = junctionOf.get(id)!;
        return `${id},${quoted(name)},${position[1]},${position[0]}`;
      }),
    ),
    'shapes.txt': file('shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence', shapes),
    'trips.txt': file('route_id,service_id,trip_id,trip_headsign,shape_id', trips),
    'frequencies.txt': file('trip_id,start_time,end_time,headway_secs,exact_times', [
      ...frequencies,
      'NOBODY,06:00:00,22:00:00,600,0',
    ]),
    'stop_times.txt': file('trip_id,arrival_time,departure_time,stop_id,stop_sequence', stopTimes),
  };
}
