-- Warnings of authorities and of transit feeds, each message once, and how each stands.

CREATE TABLE warning (
  -- as its sender names it; under `sim/` when it is simulated, so that nothing invented touches what is real
  warning_id text PRIMARY KEY,
  source_id text NOT NULL,
  -- as model/warning.ts has it
  body jsonb NOT NULL,
  action text NOT NULL CHECK (action IN ('alert', 'update', 'cancel')),
  -- the warning_ids of earlier ones, which may come later or never
  refers_to text[] NOT NULL,
  exercise boolean NOT NULL,
  sent_at timestamptz NOT NULL,
  expires_at timestamptz,
  state text NOT NULL CHECK (state IN ('standing', 'superseded', 'cancelled')),
  simulated boolean NOT NULL,
  version int NOT NULL,
  received_at timestamptz NOT NULL
);

CREATE INDEX warning_refers_to ON warning USING gin (refers_to);

CREATE INDEX warning_standing ON warning (expires_at) WHERE state = 'standing';
