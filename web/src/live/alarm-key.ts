// How an alarm is called where assets and stops are selected too: `alarm:12`. Pure.

const prefix = 'alarm:';

export const alarmKey = (id: string): string => `${prefix}${id}`;

/** The alarm that a selection is; undefined when it is something else. */
export const alarmIdOf = (selected: string | undefined): string | undefined =>
  selected?.startsWith(prefix) ? selected.slice(prefix.length) : undefined;
