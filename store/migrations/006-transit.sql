-- The timetable as GTFS has it, one import beside the other until the newer one is whole, and how late trips are.

CREATE TABLE gtfs_import (
  gtfs_import_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_name text NOT NULL,
  -- running: rows come in, seen by nobody; current: the one that is read; replaced: its rows go or are gone
  state text NOT NULL CHECK (state IN ('running', 'current', 'replaced', 'failed', 'stopped')),
  started_at timestamptz NOT NULL DEFAULT now(),
  -- moves while it runs; one that stands still has died
  heard_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  -- as model/transit.ts has them
  progress jsonb NOT NULL DEFAULT '{}',
  report jsonb,
  -- of the feed's agencies: what its times are written in
  time_zone text,
  -- the last second of any trip, from the start of its service day
  last_second int
);

CREATE UNIQUE INDEX gtfs_import_current ON gtfs_import (state) WHERE state = 'current';

CREATE UNIQUE INDEX gtfs_import_running ON gtfs_import (state) WHERE state = 'running';

-- Numbers (route_no, stop_no, …) count from 0 within an import. No foreign keys: an import is checked before it is
-- written, and is deleted as a whole.

CREATE TABLE gtfs_agency (
  gtfs_import_no int NOT NULL,
  agency_id text NOT NULL,
  name text NOT NULL,
  url text,
  time_zone text NOT NULL,
  PRIMARY KEY (gtfs_import_no, agency_id)
);

CREATE TABLE gtfs_route (
  gtfs_import_no int NOT NULL,
  route_no int NOT NULL,
  route_id text NOT NULL,
  agency_id text,
  short_name text,
  long_name text,
  route_type int NOT NULL,
  -- RRGGBB
  color text,
  text_color text,
  sort_order int,
  PRIMARY KEY (gtfs_import_no, route_no)
);

CREATE TABLE gtfs_stop (
  gtfs_import_no int NOT NULL,
  stop_no int NOT NULL,
  stop_id text NOT NULL,
  code text,
  name text NOT NULL,
  lat double precision,
  lon double precision,
  location_type smallint NOT NULL,
  parent_stop_no int,
  platform text,
  -- the routes that stop here, made by the import
  route_nos int[] NOT NULL,
  PRIMARY KEY (gtfs_import_no, stop_no)
);

CREATE UNIQUE INDEX gtfs_stop_id ON gtfs_stop (gtfs_import_no, stop_id);

CREATE TABLE gtfs_shape (
  gtfs_import_no int NOT NULL,
  shape_no int NOT NULL,
  -- in order; 1e-6 degrees
  lats_e6 int[] NOT NULL,
  lons_e6 int[] NOT NULL,
  PRIMARY KEY (gtfs_import_no, shape_no)
);

CREATE TABLE gtfs_calendar (
  gtfs_import_no int NOT NULL,
  service_no int NOT NULL,
  service_id text NOT NULL,
  -- bit 0 is Monday; none where calendar_dates alone says
  weekdays smallint NOT NULL,
  start_date date,
  end_date date,
  PRIMARY KEY (gtfs_import_no, service_no)
);

CREATE TABLE gtfs_calendar_date (
  gtfs_import_no int NOT NULL,
  service_no int NOT NULL,
  date date NOT NULL,
  added boolean NOT NULL,
  PRIMARY KEY (gtfs_import_no, date, service_no)
);

CREATE TABLE gtfs_trip (
  gtfs_import_no int NOT NULL,
  trip_no int NOT NULL,
  trip_id text NOT NULL,
  route_no int NOT NULL,
  service_no int NOT NULL,
  shape_no int,
  direction smallint,
  headsign text,
  -- made by the import from its stop times; none where it has none
  first_second int,
  last_sequence int,
  stops int NOT NULL,
  -- run by frequencies, so that its stop times are distances from its start and no departures
  by_frequency boolean NOT NULL,
  PRIMARY KEY (gtfs_import_no, trip_no)
);

CREATE UNIQUE INDEX gtfs_trip_id ON gtfs_trip (gtfs_import_no, trip_id);

CREATE TABLE gtfs_stop_time (
  gtfs_import_no int NOT NULL,
  trip_no int NOT NULL,
  stop_sequence int NOT NULL,
  stop_no int NOT NULL,
  -- seconds from the start of the service day, more than 86,400 past midnight
  arrival_second int NOT NULL,
  departure_second int NOT NULL,
  pickup_type smallint NOT NULL,
  headsign text,
  PRIMARY KEY (gtfs_import_no, trip_no, stop_sequence)
);

CREATE INDEX gtfs_stop_time_stop ON gtfs_stop_time (gtfs_import_no, stop_no, departure_second);

CREATE TABLE gtfs_frequency (
  gtfs_import_no int NOT NULL,
  trip_no int NOT NULL,
  start_second int NOT NULL,
  end_second int NOT NULL,
  headway_seconds int NOT NULL CHECK (headway_seconds > 0),
  exact_times boolean NOT NULL,
  PRIMARY KEY (gtfs_import_no, trip_no, start_second)
);

-- Written by ingest from GTFS-Realtime, in the feed's own words: it may be heard before its timetable is here.
CREATE TABLE trip_update (
  trip_id text NOT NULL,
  start_date date NOT NULL,
  source_id text NOT NULL,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  -- StopTimeUpdate of model/trip-update.ts
  updates jsonb NOT NULL,
  cancelled boolean NOT NULL,
  PRIMARY KEY (trip_id, start_date)
);

CREATE INDEX trip_update_start_date ON trip_update (start_date);
