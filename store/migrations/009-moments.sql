-- What looking back in time needs of the change log.

CREATE INDEX change_log_at ON change_log (at, seq);
