// Entries of the change log as events, and which of them a role may see.
import { eventNouns, type Event, type EventNoun } from '../model/live.ts';
import type { Role } from '../model/roles.ts';
import type { LoggedChange } from '../store/changes.ts';

const publicNouns: ReadonlySet<string> = new Set(eventNouns);

export const isEventNoun = (noun: string): noun is EventNoun => publicNouns.has(noun);

/** Undefined means every noun: accounts and settings are for admins alone. */
export const nounsFor = (role: Role): readonly string[] | undefined =>
  role === 'admin' ? undefined : eventNouns;

/** The body's members stand beside the entry's own, which no body can replace. */
export const toEvent = ({ seq, at, noun, id, version, actor, body }: LoggedChange): Event => ({
  ...body,
  seq,
  at: at.toISOString(),
  noun,
  id,
  version,
  actor,
});
