// Which feeds there are: those of every broker, their simulated twins, and the sources.
import { mqttFeeds } from '../model/topics.ts';
import type { Query } from '../store/connect.ts';
import { selectSource } from '../store/sources.ts';
import { HttpProblem } from './problem.ts';

const simulated = /^sim-/;

export const isSimulatedFeed = (id: string): boolean => simulated.test(id);

/** Under `unknown` stands what no feed claims. */
const isHouseFeed = (id: string): boolean =>
  id === 'unknown' || mqttFeeds.some((feed) => feed.id === id.replace(simulated, ''));

/** @throws {HttpProblem} 404. */
export async function demandFeed(db: Query, id: string): Promise<void> {
  if (isHouseFeed(id) || (await selectSource(db, id)) !== undefined) return;
  throw new HttpProblem(404, `There is no feed ${id}.`);
}

/** Of a feed that has a format, so that a mapping means something. @throws {HttpProblem} 404. */
export async function demandReadFeed(db: Query, id: string): Promise<void> {
  await demandFeed(db, id);
  if (id === 'unknown' || isSimulatedFeed(id))
    throw new HttpProblem(
      404,
      `${id} has no way of its own to be read: its messages are read as those of its feed.`,
    );
}
