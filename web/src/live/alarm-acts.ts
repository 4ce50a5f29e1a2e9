// What people do to alarms, sent to the server; a refusal brings the alarm as it stands now.
import { isUnanswered, type Alarm, type AlarmStep } from '../../../model/alarm.ts';
import type { Problem } from '../../../model/http.ts';
import { isSameToDecideOn } from './alarm-list.ts';
import type { Alarms } from './alarms.svelte.ts';
import { ask } from './ask.ts';

export type AlarmActRequest =
  | { act: 'acknowledge' }
  | { act: 'shelve'; minutes: number; reason: string }
  | { act: 'shelve'; until: string; reason: string }
  | { act: 'unshelve' }
  | { act: 'comment'; text: string }
  | { act: 'own'; owner: string | null }
  | { act: 'steps'; step: number; outcome: AlarmStep['outcome']; note?: string }
  | { act: 'out-of-service'; reason: string }
  | { act: 'return-to-service'; reason: string };

export type ActOutcome =
  | { kind: 'done'; alarm: Alarm }
  /** Somebody was there before: the alarm is no longer as it was decided on. */
  | { kind: 'changed'; before: Alarm; now: Alarm }
  | { kind: 'failed'; status: number; problem: Problem };

type AlarmProblem = Problem & { current?: Alarm };

/**
 * Sends an act decided on `seen`. A change that does not touch the decision (a comment, an escalation) is no reason to
 * ask the operator again: the act is sent once more on the alarm as it stands.
 */
export async function act(alarms: Alarms, seen: Alarm, request: AlarmActRequest): Promise<ActOutcome> {
  const first = await send(alarms, seen, request);
  if (first.kind !== 'changed' || !isSameToDecideOn(seen, first.now) || first.now.version === seen.version)
    return first;
  const second = await send(alarms, first.now, request);
  return second.kind === 'changed' ? { ...second, before: seen } : second;
}

async function send(
  alarms: Alarms,
  seen: Alarm,
  { act: verb, ...rest }: AlarmActRequest,
): Promise<ActOutcome> {
  // What is said of an alarm holds whatever happened to it meanwhile.
  const body = verb === 'comment' ? rest : { ...rest, version: seen.version };
  const answer = await ask<Alarm>('POST', `/api/alarms/${seen.id}/${verb}`, { body });
  if (answer.ok) {
    alarms.take([answer.value]);
    return { kind: 'done', alarm: answer.value };
  }
  const { current } = answer.problem as AlarmProblem;
  if (answer.status !== 409 || current === undefined)
    return { kind: 'failed', status: answer.status, problem: answer.problem };
  alarms.take([current]);
  return { kind: 'changed', before: seen, now: current };
}

/** Acknowledges several, one after the other; those that somebody else acknowledged meanwhile count as done. */
export async function acknowledgeAll(
  alarms: Alarms,
  seen: readonly Alarm[],
  onprogress: (done: number) => void,
): Promise<Alarm[]> {
  const left: Alarm[] = [];
  for (const [n, alarm] of seen.entries()) {
    const outcome = await act(alarms, alarm, { act: 'acknowledge' });
    const done = outcome.kind === 'done' || (outcome.kind === 'changed' && !isUnanswered(outcome.now));
    if (!done) left.push(alarm);
    onprogress(n + 1);
  }
  return left;
}
