-- needs: timescaledb
-- each statement alone: policies are not made in a transaction
-- Camera states also say that nothing changed, every other interval, so that a moment of the past knows who was silent.

ALTER TABLE camera_state SET (timescaledb.compress, timescaledb.compress_segmentby = 'asset_no',
  timescaledb.compress_orderby = 'observed_at DESC');

SELECT add_compression_policy('camera_state', INTERVAL '2 days',
  schedule_interval => INTERVAL '6 hours', if_not_exists => true);
