-- needs: timescaledb
-- Recognised faces and plates, sealed under the key of the data folder; only where a city configured to keep them.

ALTER TABLE camera_event ADD COLUMN IF NOT EXISTS identity text;
