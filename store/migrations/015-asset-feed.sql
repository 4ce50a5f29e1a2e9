-- By which feed an asset was heard last: one that fell silent cannot say it anew after a restart, and its feed's silence
-- explains its own.

ALTER TABLE asset_latest ADD COLUMN feed_id text;
