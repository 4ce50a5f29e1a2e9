-- A rule that is taken away for good keeps its row: alarms and the change log go on naming it.
ALTER TABLE alarm_rule DROP CONSTRAINT alarm_rule_state_check;
ALTER TABLE alarm_rule ADD CONSTRAINT alarm_rule_state_check
  CHECK (state IN ('draft', 'live', 'out-of-service', 'retired'));
