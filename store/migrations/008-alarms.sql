-- Alarms: the rules, each alarm with its newest state, what was said about it and happened to it, dry runs.

CREATE TABLE alarm_rule (
  rule_id text PRIMARY KEY CHECK (rule_id ~ '^[a-z][a-z0-9-]{1,62}$'),
  state text NOT NULL CHECK (state IN ('draft', 'live', 'out-of-service')),
  -- as model/alarm-rule.ts has it (AlarmRuleText)
  body jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- one row a rule and a subject, for ever; its past is in change_log
CREATE TABLE alarm (
  alarm_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule_id text NOT NULL REFERENCES alarm_rule,
  subject_id text NOT NULL,
  priority smallint NOT NULL,
  state text NOT NULL,
  -- as model/alarm.ts has it (Alarm)
  body jsonb NOT NULL,
  raised_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  version int NOT NULL,
  UNIQUE (rule_id, subject_id)
);

CREATE INDEX alarm_standing ON alarm (state) WHERE state <> 'normal';

CREATE INDEX alarm_subject ON alarm (subject_id);

CREATE TABLE alarm_comment (
  alarm_no int NOT NULL REFERENCES alarm ON DELETE CASCADE,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  occurrence int NOT NULL,
  comment_text text NOT NULL
);

CREATE INDEX alarm_comment_alarm ON alarm_comment (alarm_no, at);

-- what happened to alarms, in columns, for the metrics of the standard (ISA-18.2 clause 16)
CREATE TABLE alarm_transition (
  at timestamptz NOT NULL,
  alarm_no int NOT NULL,
  rule_id text NOT NULL,
  occurrence int NOT NULL,
  act text NOT NULL,
  state text NOT NULL,
  priority smallint NOT NULL,
  actor text NOT NULL,
  -- of the alarm after it: the order, where two are of one instant
  version int NOT NULL
);

CREATE INDEX alarm_transition_at ON alarm_transition (at);

CREATE INDEX alarm_transition_alarm ON alarm_transition (alarm_no, at);

-- a rule tried against the past: asked for by the server, run by the alarms room
CREATE TABLE rule_trial (
  trial_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule jsonb NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- of the span, 0 to 1
  progress real NOT NULL DEFAULT 0,
  result jsonb NOT NULL DEFAULT '{}',
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- one at a time
CREATE UNIQUE INDEX rule_trial_under_way ON rule_trial ((true)) WHERE state IN ('waiting', 'running');
