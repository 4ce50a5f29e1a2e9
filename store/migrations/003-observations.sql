-- needs: timescaledb
-- each statement alone: a continuous aggregate cannot be made in a transaction
-- What devices observed: hypertables, their compression, aggregates and lives.

CREATE TABLE IF NOT EXISTS vehicle_position (
  vehicle_no int NOT NULL,
  observed_at timestamptz NOT NULL,
  received_after_ms int NOT NULL,
  lat_e6 int NOT NULL,
  lon_e6 int NOT NULL,
  speed_dmps smallint,
  heading_deg smallint,
  occupancy_pct smallint,
  route_no int
);

SELECT create_hypertable('vehicle_position', by_range('observed_at', INTERVAL '1 hour'),
  create_default_indexes => false, if_not_exists => true);

CREATE UNIQUE INDEX IF NOT EXISTS vehicle_position_key ON vehicle_position (vehicle_no, observed_at DESC);

ALTER TABLE vehicle_position SET (timescaledb.compress, timescaledb.compress_segmentby = 'vehicle_no',
  timescaledb.compress_orderby = 'observed_at DESC');

SELECT add_compression_policy('vehicle_position', INTERVAL '2 hours',
  schedule_interval => INTERVAL '30 minutes', if_not_exists => true);

SELECT add_retention_policy('vehicle_position', INTERVAL '30 days', if_not_exists => true);

CREATE TABLE IF NOT EXISTS reading (
  asset_no int NOT NULL,
  metric_no smallint NOT NULL,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  value double precision NOT NULL
);

SELECT create_hypertable('reading', by_range('observed_at', INTERVAL '1 day'),
  create_default_indexes => false, if_not_exists => true);

CREATE UNIQUE INDEX IF NOT EXISTS reading_key ON reading (asset_no, metric_no, observed_at DESC);

ALTER TABLE reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'asset_no, metric_no',
  timescaledb.compress_orderby = 'observed_at DESC');

SELECT add_compression_policy('reading', INTERVAL '2 days',
  schedule_interval => INTERVAL '6 hours', if_not_exists => true);

SELECT add_retention_policy('reading', INTERVAL '5 years', if_not_exists => true);

CREATE TABLE IF NOT EXISTS camera_event (
  asset_no int NOT NULL,
  event_id text NOT NULL,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  type text NOT NULL,
  label text,
  count int,
  score real
);

SELECT create_hypertable('camera_event', by_range('observed_at', INTERVAL '7 days'),
  create_default_indexes => false, if_not_exists => true);

CREATE UNIQUE INDEX IF NOT EXISTS camera_event_key ON camera_event (asset_no, event_id, observed_at DESC);

SELECT add_retention_policy('camera_event', INTERVAL '1 year', if_not_exists => true);

CREATE TABLE IF NOT EXISTS camera_state (
  asset_no int NOT NULL,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  state text NOT NULL
);

SELECT create_hypertable('camera_state', by_range('observed_at', INTERVAL '30 days'),
  create_default_indexes => false, if_not_exists => true);

CREATE UNIQUE INDEX IF NOT EXISTS camera_state_key ON camera_state (asset_no, observed_at DESC);

SELECT add_retention_policy('camera_state', INTERVAL '5 years', if_not_exists => true);

CREATE MATERIALIZED VIEW IF NOT EXISTS vehicle_minute
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT vehicle_no,
  time_bucket(INTERVAL '1 minute', observed_at) AS bucket,
  last(lat_e6, observed_at) AS lat_e6,
  last(lon_e6, observed_at) AS lon_e6,
  avg(speed_dmps)::real AS speed_dmps,
  min(speed_dmps) AS speed_dmps_min,
  max(speed_dmps) AS speed_dmps_max,
  avg(occupancy_pct)::real AS occupancy_pct,
  last(route_no, observed_at) AS route_no,
  count(*)::int AS n
FROM vehicle_position
GROUP BY vehicle_no, time_bucket(INTERVAL '1 minute', observed_at)
WITH NO DATA;

SELECT add_continuous_aggregate_policy('vehicle_minute', start_offset => INTERVAL '4 days',
  end_offset => INTERVAL '10 minutes', schedule_interval => INTERVAL '30 minutes', if_not_exists => true);

SELECT add_retention_policy('vehicle_minute', INTERVAL '5 years', if_not_exists => true);

CREATE MATERIALIZED VIEW IF NOT EXISTS reading_hour
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT asset_no, metric_no,
  time_bucket(INTERVAL '1 hour', observed_at) AS bucket,
  avg(value) AS mean, min(value) AS min, max(value) AS max, count(*)::int AS n
FROM reading
GROUP BY asset_no, metric_no, time_bucket(INTERVAL '1 hour', observed_at)
WITH NO DATA;

SELECT add_continuous_aggregate_policy('reading_hour', start_offset => INTERVAL '4 days',
  end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '30 minutes', if_not_exists => true);

CREATE MATERIALIZED VIEW IF NOT EXISTS reading_day
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT asset_no, metric_no,
  time_bucket(INTERVAL '1 day', observed_at, '{{timeZone}}') AS bucket,
  avg(value) AS mean, min(value) AS min, max(value) AS max, count(*)::int AS n
FROM reading
GROUP BY asset_no, metric_no, time_bucket(INTERVAL '1 day', observed_at, '{{timeZone}}')
WITH NO DATA;

SELECT add_continuous_aggregate_policy('reading_day', start_offset => INTERVAL '8 days',
  end_offset => INTERVAL '1 day', schedule_interval => INTERVAL '6 hours', if_not_exists => true);
