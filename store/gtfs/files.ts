// The files of a feed that are read, in the order they need each other: their columns, and what a row of each becomes.
import { isTimeZone } from '../../model/transit-times.ts';
import type { Feed } from './feed.ts';
import type { Row } from './row.ts';

export interface FeedFile {
  name: string;
  mandatory: boolean;
  /** Without one of these the file cannot be read. */
  columns: readonly string[];
  read: (row: Row, feed: Feed) => void;
  /** How many were taken, where without any the rest of the feed means nothing. */
  taken?: (feed: Feed) => number;
}

const mostWhole = 2_147_483_647;
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

function readAgency(row: Row, { agencies }: Feed): void {
  const name = row.required('agency_name');
  // May be left out where there is one agency.
  const agencyId = row.text('agency_id');
  const timeZone = row.text('agency_timezone');
  if (!isTimeZone(timeZone)) row.refuse('agency_timezone', 'a time zone such as Asia/Jakarta');
  if (row.bad) return;
  const agency = { agencyId, name, url: row.optional('agency_url'), timeZone };
  if (agencies.add(agencyId, agency) === undefined) row.refuse('agency_id', 'an id that no row above has');
}

function readCalendar(row: Row, { services }: Feed): void {
  const serviceId = row.required('service_id');
  const bits = weekdays.reduce((sum, day, bit) => sum + (row.whole(day, 0, 1) << bit), 0);
  const [startDate, endDate] = [row.date('start_date'), row.date('end_date')];
  if (!row.bad && endDate < startDate) row.refuse('end_date', 'a day not before start_date');
  if (row.bad) return;
  if (services.add(serviceId, { serviceId, weekdays: bits, startDate, endDate }) === undefined)
    row.refuse('service_id', 'an id that no row above has');
}

function readCalendarDate(row: Row, { services, exceptions }: Feed): void {
  const serviceId = row.required('service_id');
  const date = row.date('date');
  const type = row.whole('exception_type', 1, 2);
  if (row.bad) return;
  // A service may be made of exceptions alone (GTFS Reference, calendar_dates.txt).
  const alone = { serviceId, weekdays: 0, startDate: undefined, endDate: undefined };
  const serviceNo = services.noOf(serviceId) ?? services.add(serviceId, alone)!;
  exceptions.push({ serviceNo, date, added: type === 1 });
}

function readRoute(row: Row, { routes, agencies }: Feed): void {
  const routeId = row.required('route_id');
  const routeType = row.whole('route_type', 0, 9999);
  const agencyId = row.optional('agency_id');
  if (agencyId !== undefined && agencies.noOf(agencyId) === undefined)
    row.mend('agency_id', 'an agency of agency.txt; the line has none');
  const route = {
    routeId,
    agencyId,
    shortName: row.optional('route_short_name'),
    longName: row.optional('route_long_name'),
    routeType,
    color: row.colour('route_color'),
    textColor: row.colour('route_text_color'),
    sortOrder: row.text('route_sort_order') === '' ? undefined : row.whole('route_sort_order', 0, mostWhole),
  };
  if (row.bad) return;
  if (routes.add(routeId, route) === undefined) row.refuse('route_id', 'an id that no row above has');
}

/** Nodes and boarding areas within a station need no position (GTFS Reference, stop_lat). */
const placelessFrom = 3;

function readStop(row: Row, { stops }: Feed): void {
  const stopId = row.required('stop_id');
  const locationType = row.whole('location_type', 0, 4, 0);
  const placeless = locationType >= placelessFrom && row.text('stop_lat') === '';
  const lat = placeless ? undefined : row.degrees('stop_lat', 90);
  const lon = placeless ? undefined : row.degrees('stop_lon', 180);
  if (lat === 0 && lon === 0) row.refuse('stop_lat', 'a place; 0,0 stands for one that is not known');
  if (row.bad) return;
  const stop = {
    stopId,
    code: row.optional('stop_code'),
    name: row.optional('stop_name') ?? stopId,
    lat,
    lon,
    locationType,
    parentId: row.optional('parent_station'),
    platform: row.optional('platform_code'),
    line: row.line,
  };
  if (stops.add(stopId, stop) === undefined) row.refuse('stop_id', 'an id that no row above has');
}

function readShape(row: Row, { shapes }: Feed): void {
  const shapeId = row.required('shape_id');
  const lat = row.degrees('shape_pt_lat', 90);
  const lon = row.degrees('shape_pt_lon', 180);
  const sequence = row.whole('shape_pt_sequence', 0, mostWhole);
  if (!row.bad) shapes.add(shapeId, lat, lon, sequence);
}

function readTrip(row: Row, { trips, routes, services, shapes }: Feed): void {
  const tripId = row.required('trip_id');
  const routeNo = routes.noOf(row.required('route_id'));
  if (routeNo === undefined && !row.bad) row.refuse('route_id', 'a line of routes.txt');
  const serviceNo = services.noOf(row.required('service_id'));
  if (serviceNo === undefined && !row.bad)
    row.refuse('service_id', 'a service of calendar.txt or calendar_dates.txt');
  const shapeId = row.optional('shape_id');
  const shapeNo = shapeId === undefined ? undefined : shapes.noOf(shapeId);
  const direction = row.text('direction_id') === '' ? undefined : row.whole('direction_id', 0, 1);
  if (row.bad || routeNo === undefined || serviceNo === undefined) return;
  if (shapeId !== undefined && shapeNo === undefined)
    row.mend('shape_id', 'a shape of shapes.txt; the trip has none');
  const trip = {
    tripId,
    routeNo,
    serviceNo,
    shapeNo,
    direction,
    headsign: row.optional('trip_headsign'),
    byFrequency: false,
    firstSecond: undefined,
    lastSequence: undefined,
    stops: 0,
  };
  if (trips.add(tripId, trip) === undefined) row.refuse('trip_id', 'an id that no row above has');
}

function readFrequency(row: Row, { trips, frequencies }: Feed): void {
  const tripNo = trips.noOf(row.required('trip_id'));
  if (tripNo === undefined && !row.bad) row.refuse('trip_id', 'a trip of trips.txt');
  const [startSecond, endSecond] = [row.time('start_time'), row.time('end_time')];
  if (startSecond === undefined && !row.bad) row.refuse('start_time', 'a time as HH:MM:SS');
  if (endSecond === undefined && !row.bad) row.refuse('end_time', 'a time as HH:MM:SS');
  const headwaySeconds = row.whole('headway_secs', 1, 86_400);
  const exactTimes = row.whole('exact_times', 0, 1, 0) === 1;
  if (row.bad || tripNo === undefined || startSecond === undefined || endSecond === undefined) return;
  if (endSecond <= startSecond) return row.refuse('end_time', 'a time after start_time');
  trips.list[tripNo]!.byFrequency = true;
  frequencies.push({ tripNo, startSecond, endSecond, headwaySeconds, exactTimes });
}

function readStopTime(row: Row, { trips, stops, stopTimes }: Feed): void {
  const tripNo = trips.noOf(row.required('trip_id'));
  if (tripNo === undefined && !row.bad) row.refuse('trip_id', 'a trip of trips.txt that could be taken');
  const stopNo = stops.noOf(row.required('stop_id'));
  if (stopNo === undefined && !row.bad) row.refuse('stop_id', 'a stop of stops.txt that could be taken');
  const sequence = row.whole('stop_sequence', 0, mostWhole);
  const arrivalSecond = row.time('arrival_time');
  const departureSecond = row.time('departure_time');
  const pickupType = row.whole('pickup_type', 0, 3, 0);
  if (row.bad || tripNo === undefined || stopNo === undefined) return;
  const headsign = row.optional('stop_headsign');
  stopTimes.add({
    tripNo,
    stopNo,
    sequence,
    arrivalSecond,
    departureSecond,
    pickupType,
    headsign,
    line: row.line,
  });
}

/** GTFS Reference, dataset files. */
export const feedFiles: readonly FeedFile[] = [
  {
    name: 'agency.txt',
    mandatory: true,
    columns: ['agency_name', 'agency_timezone'],
    read: readAgency,
    taken: ({ agencies }) => agencies.list.length,
  },
  {
    name: 'calendar.txt',
    mandatory: false,
    columns: ['service_id', ...weekdays, 'start_date', 'end_date'],
    read: readCalendar,
  },
  {
    name: 'calendar_dates.txt',
    mandatory: false,
    columns: ['service_id', 'date', 'exception_type'],
    read: readCalendarDate,
    taken: ({ services }) => services.list.length,
  },
  {
    name: 'routes.txt',
    mandatory: true,
    columns: ['route_id', 'route_type'],
    read: readRoute,
    taken: ({ routes }) => routes.list.length,
  },
  {
    name: 'stops.txt',
    mandatory: true,
    columns: ['stop_id', 'stop_lat', 'stop_lon'],
    read: readStop,
    taken: ({ stops }) => stops.list.length,
  },
  {
    name: 'shapes.txt',
    mandatory: false,
    columns: ['shape_id', 'shape_pt_lat', 'shape_pt_lon', 'shape_pt_sequence'],
    read: readShape,
  },
  {
    name: 'trips.txt',
    mandatory: true,
    columns: ['route_id', 'service_id', 'trip_id'],
    read: readTrip,
    taken: ({ trips }) => trips.list.length,
  },
  {
    name: 'frequencies.txt',
    mandatory: false,
    columns: ['trip_id', 'start_time', 'end_time', 'headway_secs'],
    read: readFrequency,
  },
  {
    name: 'stop_times.txt',
    mandatory: true,
    columns: ['trip_id', 'arrival_time', 'departure_time', 'stop_id', 'stop_sequence'],
    read: readStopTime,
  },
];
