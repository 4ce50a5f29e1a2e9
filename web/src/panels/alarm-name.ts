// An alarm in one line: what it is, and of what. Pure.
import type { Alarm } from '../../../model/alarm.ts';

export const alarmName = ({ name, subject }: Alarm, language: 'id' | 'en'): string =>
  `${name[language]}: ${subject.name}`;
