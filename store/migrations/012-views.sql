-- Saved views of the map: of one account each, nine at most, one a key.

CREATE TABLE saved_view (
  view_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_no int NOT NULL REFERENCES app_user ON DELETE CASCADE,
  slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 9),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
  -- as model/saved-view.ts has it (ViewLook)
  look jsonb NOT NULL,
  version int NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_no, slot)
);
