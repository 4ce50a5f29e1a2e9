// Who has which alarm open: told to all who watch alarms, so that two people see each other before they act.
import { Compile } from 'typebox/compile';
import { LookRequest, type LookAnswer, type Lookers } from '../../model/live.ts';
import { desks } from '../../model/roles.ts';
import { userActor } from '../../store/users.ts';
import { nounRoom, type LiveServer, type LiveSocket } from './socket.ts';

const request = Compile(LookRequest);
/** Keys walk through alarms; nobody walks faster. */
const looksPerWindow = 40;
const windowMs = 10_000;

/** Hears what one socket opens and closes; its end closes it. One process knows its own sockets only. */
export function followLooks(io: LiveServer, socket: LiveSocket): void {
  let looks = 0;
  let windowEndsAt = 0;
  socket.on('look', (given: unknown, answer: unknown) => {
    if (typeof answer !== 'function') return;
    const reply = answer as (answer: LookAnswer) => void;
    if (Date.now() > windowEndsAt) {
      looks = 0;
      windowEndsAt = Date.now() + windowMs;
    }
    if (++looks > looksPerWindow) return reply({ error: 'Too many in a row. Try again in a moment.' });
    if (!request.Check(given)) return reply({ error: 'look takes {"alarm": its id, or null}' });
    const { role, userNo } = socket.data.session;
    if (!(desks as readonly string[]).includes(role))
      return reply({ error: `The role ${role} works at no desk.` });
    socket.data.looksAt = given.alarm ?? undefined;
    reply({ actor: userActor(userNo) });
    tell(io);
  });
  socket.on('disconnect', () => {
    if (socket.data.looksAt === undefined) return;
    socket.data.looksAt = undefined;
    tell(io);
  });
}

function tell(io: LiveServer): void {
  const lookers: Lookers = [];
  for (const { data } of io.sockets.sockets.values()) {
    if (data.looksAt !== undefined)
      lookers.push({ alarm: data.looksAt, actor: userActor(data.session.userNo) });
  }
  io.to(nounRoom('alarm')).emit('lookers', lookers);
}
