// GET /api/alarms/metrics: how the alarm system does, after ISA-18.2 clause 16.
import Type from 'typebox';
import { AlarmMetrics, toAlarmMetrics } from '../../model/alarm-metrics.ts';
import { Problem } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';
import { selectAlarmTotals } from '../../store/alarm-metrics.ts';
import type { Database } from '../../store/connect.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import { parseTime } from './series.ts';

const dayMs = 86_400_000;
const mostDays = 92;

const MetricsQuery = Type.Object({
  from: Type.Optional(Type.String({ format: 'date-time', description: 'default: 7 days before `to`' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'default: now' })),
  positions: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 50, default: 1, description: 'operators who share the alarms' }),
  ),
});

export function alarmMetricRoutes(app: App, db: Database): void {
  app.get(
    '/api/alarms/metrics',
    {
      config: { access: watchers },
      schema: {
        summary:
          'How many alarms an operator bears, and how they were answered, beside the targets of ISA-18.2',
        tags: ['alarms'],
        querystring: MetricsQuery,
        response: { 200: AlarmMetrics, 400: Problem },
      },
    },
    async (request, reply) => {
      const nowMs = Date.now();
      const { from, to, positions = 1 } = request.query;
      const toMs = to === undefined ? nowMs : Math.min(nowMs, parseTime(to, 'to'));
      const fromMs = from === undefined ? toMs - 7 * dayMs : parseTime(from, 'from');
      if (fromMs >= toMs) throw new HttpProblem(400, '`from` lies after `to`.', { field: 'from' });
      if (toMs - fromMs > mostDays * dayMs)
        throw new HttpProblem(400, `At most ${mostDays} days are counted at once.`, { field: 'from' });
      reply.header('cache-control', 'no-store');
      const totals = await selectAlarmTotals(db, { fromMs, toMs, nowMs });
      return toAlarmMetrics(totals, { fromMs, toMs, nowMs, positions });
    },
  );
}
