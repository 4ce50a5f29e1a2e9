-- What the city could not see: minutes of blindness a junction and day, and which minutes were counted at all.

CREATE TABLE blind_day (
  -- of the city, in its time zone
  day date PRIMARY KEY,
  first_minute timestamptz NOT NULL,
  counted_minutes int NOT NULL
);

-- each minute once, whoever counts it; those of days gone by are let go of
CREATE TABLE blind_minute (
  minute timestamptz PRIMARY KEY
);

-- a junction that was never blind on a day has no row
CREATE TABLE blind_junction (
  day date NOT NULL REFERENCES blind_day ON DELETE CASCADE,
  junction_id text NOT NULL,
  blind_minutes int NOT NULL,
  PRIMARY KEY (day, junction_id)
);
