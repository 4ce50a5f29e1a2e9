-- Feeds as rows: sources, how feeds are read, what trials showed, replays, counters by the minute, devices.

CREATE TABLE source (
  source_id text PRIMARY KEY,
  name text NOT NULL,
  format text NOT NULL,
  transport text NOT NULL CHECK (transport IN ('broker', 'mqtt', 'http')),
  address text,
  topic_filter text,
  poll_every_seconds real CHECK (poll_every_seconds > 0),
  expected_every_seconds real CHECK (expected_every_seconds > 0),
  -- AES-256-GCM under the key of the data folder
  credentials bytea,
  state text NOT NULL CHECK (state IN ('draft', 'active', 'paused')),
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- of sources, and of the feeds that every broker has
CREATE TABLE feed_mapping (
  feed_id text PRIMARY KEY,
  mapping jsonb NOT NULL,
  version int NOT NULL DEFAULT 1
);

-- written by ingest while a draft is tried; one row a source
CREATE TABLE source_trial (
  source_id text PRIMARY KEY REFERENCES source ON DELETE CASCADE,
  at timestamptz NOT NULL,
  -- as model/source.ts has it
  trial jsonb NOT NULL
);

CREATE TABLE replay (
  replay_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feed_id text NOT NULL,
  reason text,
  mapping jsonb,
  dry_run boolean NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  -- messages, accepted, duplicates, rejected, rejects, fault
  result jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);

-- one at a time a feed
CREATE UNIQUE INDEX replay_under_way ON replay (feed_id) WHERE state IN ('waiting', 'running');

-- What an adapter must remember over a restart: births of Sparkplug, datastreams of SensorThings.
CREATE TABLE adapter_memory (
  feed_id text NOT NULL,
  key text NOT NULL,
  at timestamptz NOT NULL,
  value bytea NOT NULL,
  PRIMARY KEY (feed_id, key)
);

CREATE TABLE feed_minute (
  feed_id text NOT NULL,
  minute timestamptz NOT NULL,
  received int NOT NULL,
  accepted int NOT NULL,
  rejected int NOT NULL,
  rejected_by_reason jsonb NOT NULL,
  duplicates int NOT NULL,
  lag_p50_ms int,
  lag_p99_ms int,
  PRIMARY KEY (feed_id, minute)
);

CREATE INDEX feed_minute_minute ON feed_minute (minute);

-- Who may publish what at the broker. The hash is in the form of mosquitto_passwd, PBKDF2-SHA512.
CREATE TABLE device (
  username text PRIMARY KEY,
  password_hash text NOT NULL,
  publish text[] NOT NULL,
  subscribe text[] NOT NULL DEFAULT '{}',
  note text NOT NULL DEFAULT '',
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

-- set when its message was taken in after all
ALTER TABLE reject ADD COLUMN replayed_at timestamptz;

-- of what people change of it
ALTER TABLE asset ADD COLUMN version int NOT NULL DEFAULT 1;
