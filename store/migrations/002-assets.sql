-- Assets, their newest values, and the messages that could not be taken.

CREATE TABLE asset (
  asset_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('vehicle', 'sensor', 'camera')),
  source_id text NOT NULL,
  name text NOT NULL,
  lat double precision CHECK (lat BETWEEN -90 AND 90),
  lon double precision CHECK (lon BETWEEN -180 AND 180),
  simulated boolean NOT NULL DEFAULT false,
  unconfirmed boolean NOT NULL DEFAULT true,
  expected_every_seconds real NOT NULL CHECK (expected_every_seconds > 0),
  attributes jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (kind, source_id)
);

CREATE TABLE asset_latest (
  asset_no int PRIMARY KEY REFERENCES asset ON DELETE CASCADE,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  lat double precision,
  lon double precision,
  -- {"pm25": [12.4, 1795500000000]}: each value with when it was observed, epoch milliseconds
  values jsonb NOT NULL
);

CREATE TABLE route (
  route_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  route_id text NOT NULL UNIQUE
);

CREATE TABLE reject (
  reject_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  feed_id text NOT NULL,
  topic text NOT NULL,
  reason text NOT NULL,
  field text,
  detail text NOT NULL,
  payload bytea NOT NULL,
  payload_bytes int NOT NULL
);

CREATE INDEX reject_feed ON reject (feed_id, reject_no DESC);
