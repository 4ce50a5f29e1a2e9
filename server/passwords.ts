// Passwords: argon2id, one at a time, with a bounded queue, and as much work for a name that nobody bears.
import { hash, verify } from '@node-rs/argon2';
import { HttpProblem } from './problem.ts';

/** OWASP's second choice for argon2id (19 MiB, 2 passes, 1 lane): some 30 ms of one core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** So many wait at most; then 503, rather than the map standing still for everyone. */
const queueBound = 20;

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

export class PasswordCheck {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #dummyHash: Promise<string> | undefined;

  /** @param passwordHash undefined for an unknown name: takes as long, and is never right. */
  async isRight(passwordHash: string | undefined, password: string): Promise<boolean> {
    if (this.#waiting >= queueBound) {
      throw new HttpProblem(503, 'Too many sign in at once. Try again in a moment.', {
        headers: { 'retry-after': '2' },
      });
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#verify(passwordHash, password));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async #verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    this.#dummyHash ??= hashPassword('nobody has this password');
    const right = await verify(passwordHash ?? (await this.#dummyHash), password);
    return right && passwordHash !== undefined;
  }
}
