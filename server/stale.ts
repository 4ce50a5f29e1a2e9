// Answers a change of something that somebody else changed meanwhile: 409, with how it stands now.
import Type, { type TSchema } from 'typebox';
import { Problem } from '../model/http.ts';
import { StaleVersionError } from '../store/stale.ts';
import { HttpProblem } from './problem.ts';

/** The problem document, with the current state in it. */
export const staleProblem = <Current extends TSchema>(current: Current) =>
  Type.Intersect([Problem, Type.Object({ current })]);

/** @throws {HttpProblem} 409 in the place of a StaleVersionError; every other error as it is. */
export async function orStale<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StaleVersionError)) throw error;
    throw new HttpProblem(409, 'It was changed meanwhile. `current` is how it stands now.', {
      field: 'version',
      extra: { current: error.current as unknown },
    });
  }
}
