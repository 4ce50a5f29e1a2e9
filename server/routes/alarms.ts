// GET /api/alarms and /api/alarms/{id}: what stands, of how much that was looked at, and the whole story of one.
import Type from 'typebox';
import { AlarmDetail, Alarms, AlarmsQuery, type Evaluated } from '../../model/alarm-http.ts';
import { Problem } from '../../model/http.ts';
import { desks, watchers } from '../../model/roles.ts';
import { selectAlarmHistory, selectAlarms } from '../../store/alarm-history.ts';
import { selectAlarmRule } from '../../store/alarm-rules.ts';
import { selectAlarm, selectAlarmComments } from '../../store/alarms.ts';
import type { Query } from '../../store/connect.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import { parseTime } from './series.ts';

export const AlarmParams = Type.Object({ id: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) });
const tags = ['alarms'];

/** More than a desk can read; a city has as many alarms as rules have subjects. */
const mostAlarms = 10_000;
const mostTransitions = 500;

export interface AlarmRouteOptions {
  /** What the alarms room looked at, as it last said. */
  evaluated: () => Evaluated;
}

export function alarmRoutes(app: App, db: Query, { evaluated }: AlarmRouteOptions): void {
  app.get(
    '/api/alarms',
    {
      config: { access: watchers },
      schema: {
        summary: 'The alarms that stand, or all there ever were',
        tags,
        querystring: AlarmsQuery,
        response: { 200: Alarms, 400: Problem },
      },
    },
    async (request, reply) => {
      const { state = 'standing', subject, since } = request.query;
      const asOf = new Date().toISOString();
      const found = await selectAlarms(db, {
        standing: state === 'standing',
        subjectId: subject,
        sinceMs: since === undefined ? undefined : parseTime(since, 'since'),
        limit: mostAlarms + 1,
      });
      reply.header('cache-control', 'no-store');
      const alarms = found.slice(0, mostAlarms);
      return { alarms, truncated: found.length > mostAlarms, asOf, evaluated: evaluated() };
    },
  );

  app.get(
    '/api/alarms/:id',
    {
      config: { access: watchers },
      schema: {
        summary: 'An alarm with its rule, what was said about it and what happened to it',
        tags,
        params: AlarmParams,
        response: { 200: AlarmDetail, 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const alarm = await selectAlarm(db, id);
      if (alarm === undefined) throw noAlarm(id);
      const atDesk = (desks as readonly string[]).includes(request.session!.role);
      const [rule, comments, history] = await Promise.all([
        selectAlarmRule(db, alarm.ruleId),
        atDesk ? selectAlarmComments(db, id) : null,
        selectAlarmHistory(db, id, mostTransitions),
      ]);
      reply.header('cache-control', 'no-store');
      return { alarm, rule: rule!, comments, history };
    },
  );
}

export const noAlarm = (id: string): HttpProblem => new HttpProblem(404, `There is no alarm ${id}.`);
