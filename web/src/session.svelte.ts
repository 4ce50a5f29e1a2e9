// Who is signed in: asked at the start, changed by the form, forgotten when the server forgets.
import type { Session as SignedIn } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';

export type SignInResult =
  | { kind: 'in' }
  | { kind: 'wrong' }
  | { kind: 'limited'; seconds: number }
  | { kind: 'unreachable' }
  | { kind: 'fault'; status: number };

class Session {
  /** undefined while it is not known. */
  state = $state<'in' | 'out' | undefined>();
  who = $state.raw<SignedIn | undefined>();
  /** The session ended by itself, which the form should say. */
  expired = $state(false);
  mayWatch = $derived(this.who !== undefined && (watchers as readonly string[]).includes(this.who.role));

  /** Asks the server. Unreachable keeps what is known, so that a lost link throws nobody out. */
  async check(): Promise<void> {
    const answer = await ask('GET');
    if (answer?.ok) this.#enter((await answer.json()) as SignedIn);
    else if (answer?.status === 401 || answer?.status === 403) {
      this.expired = this.state === 'in';
      this.#leave();
    } else this.state ??= 'out';
  }

  async signIn(username: string, password: string): Promise<SignInResult> {
    const answer = await ask('POST', { username, password });
    if (answer === undefined) return { kind: 'unreachable' };
    if (answer.status === 401 || answer.status === 400) return { kind: 'wrong' };
    if (answer.status === 429) return { kind: 'limited', seconds: retryAfter(answer) };
    if (!answer.ok) return { kind: 'fault', status: answer.status };
    await this.check();
    return this.state === 'in' ? { kind: 'in' } : { kind: 'unreachable' };
  }

  /** False when the server did not hear of it, so the session may live on. */
  async signOut(): Promise<boolean> {
    const answer = await ask('DELETE');
    if (answer === undefined || answer.status >= 500) return false;
    this.expired = false;
    this.#leave();
    return true;
  }

  #enter(who: SignedIn): void {
    this.who = who;
    this.state = 'in';
    this.expired = false;
  }

  #leave(): void {
    this.who = undefined;
    this.state = 'out';
  }
}

async function ask(method: 'GET' | 'POST' | 'DELETE', body?: object): Promise<Response | undefined> {
  try {
    const json =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return await fetch('/api/session', { method, signal: AbortSignal.timeout(10_000), ...json });
  } catch {
    return undefined;
  }
}

function retryAfter(answer: Response): number {
  const seconds = Number(answer.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 60;
}

export const session = new Session();
