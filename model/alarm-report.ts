// What the alarms room says of itself on the bus, each second: its absence means that nothing is evaluated.
import Type, { type Static } from 'typebox';

const Time = Type.String({ format: 'date-time' });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const AlarmReport = Type.Object({
  at: Time,
  leader: Type.Boolean({ description: 'writes alarms; of several processes one does, the others stand by' }),
  rules: Type.Integer({ minimum: 0, description: 'live, and being evaluated' }),
  subjects: Type.Integer({ minimum: 0, description: 'assets, feeds, lines and places that they look at' }),
  standing: Type.Integer({ minimum: 0, description: 'alarms that are not normal' }),
  waiting: Type.Integer({ minimum: 0, description: 'alarms of which something is not written yet' }),
  databaseError: orNull(
    Type.String({ description: 'why nothing is written just now; what comes about is kept' }),
  ),
  blindSince: orNull(
    Type.Union([Time], {
      description:
        'since when the picture is not known to be current: nothing returns meanwhile, and no silence counts',
    }),
  ),
});
export type AlarmReport = Static<typeof AlarmReport>;
