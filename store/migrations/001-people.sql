-- People: accounts, their sessions, and the log of everything that people change.

CREATE TABLE app_user (
  user_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$'),
  display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 120),
  role text NOT NULL CHECK (role IN
    ('viewer', 'operator', 'dispatcher', 'supervisor', 'agency', 'crew', 'admin', 'display')),
  -- PHC string; the parameters travel with it
  password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
  disabled_at timestamptz,
  version int NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The same in every locale: names are ASCII.
CREATE UNIQUE INDEX app_user_name ON app_user (lower(username COLLATE "C"));

CREATE TABLE session (
  -- sha256 of the token: whoever reads this table cannot sign in with it
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  user_no int NOT NULL REFERENCES app_user ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);

CREATE INDEX session_user_no ON session (user_no);

CREATE INDEX session_expires_at ON session (expires_at);

-- Written only by store/changes.ts: seq is commit order, without gaps; each entry hashes the one before.
CREATE TABLE change_log (
  seq bigint PRIMARY KEY CHECK (seq >= 1),
  at timestamptz NOT NULL,
  noun text NOT NULL,
  noun_id text NOT NULL,
  version int NOT NULL CHECK (version >= 1),
  actor text NOT NULL,
  body jsonb NOT NULL,
  previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  UNIQUE (noun, noun_id, version)
);
