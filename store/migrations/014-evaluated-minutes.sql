-- Minutes in which alarm rules were evaluated on a current picture from beginning to end: of all others nobody can say
-- that they were quiet.
CREATE TABLE evaluated_minute (
  minute timestamptz PRIMARY KEY
);
