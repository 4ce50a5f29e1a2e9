// Sessions: the token in the cookie, whose they are, and their end. Outlives a database that is away.
import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../model/roles.ts';
import type { Query } from '../store/connect.ts';
import {
  deleteExpiredSessions,
  deleteSession,
  insertSession,
  selectSessions,
  touchSession,
  type Lifetime,
  type StoredSession,
} from '../store/sessions.ts';
import { within } from './deadline.ts';
import { HttpProblem } from './problem.ts';

export const sessionCookie = 'simpang_session';

export interface SignedIn {
  userNo: number;
  username: string;
  displayName: string;
  role: Role;
}

const daySeconds = 86_400;
const ofPeople: Lifetime = { idleSeconds: daySeconds / 2, absoluteSeconds: 7 * daySeconds };
/** A wall runs for months; browsers keep no cookie longer than 400 days. */
const ofDisplays: Lifetime = { idleSeconds: 90 * daySeconds, absoluteSeconds: 400 * daySeconds };

export const lifetimeOf = (role: Role): Lifetime => (role === 'display' ? ofDisplays : ofPeople);

/** What was asked of the database so lately is not asked again: revocation takes hold within this. */
const believedMs = 1_000;
const touchEveryMs = 60_000;
const lookupMs = 3_000;
const rememberedSessions = 10_000;
/** 32 bytes as base64url. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

interface Remembered {
  signedIn: SignedIn;
  expiresAtMs: number;
  lastSeenAtMs: number;
  askedAtMs: number;
}

const toRemembered = (stored: StoredSession, nowMs: number): Remembered => ({
  signedIn: {
    userNo: stored.userNo,
    username: stored.username,
    displayName: stored.displayName,
    role: stored.role,
  },
  expiresAtMs: stored.expiresAt.getTime(),
  lastSeenAtMs: stored.lastSeenAt.getTime(),
  askedAtMs: nowMs,
});

export class Sessions {
  readonly #db: Query;
  readonly #now: () => number;
  /** By token hash, in hex; the one used longest ago first. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<Remembered | undefined>>();
  readonly #endListeners: ((token: string) => void)[] = [];

  constructor(db: Query, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
  }

  /** @returns the token, which is known nowhere else. */
  async start(userNo: number, role: Role): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await insertSession(this.#db, hashOf(token), userNo, lifetimeOf(role));
    return token;
  }

  /**
   * Who holds the token; undefined when nobody does. While the database is away, whoever was known when it went stays
   * signed in: nobody can have been revoked in it since.
   * @throws {HttpProblem} 503 when the database is away and the token was not seen before.
   */
  async find(token: string): Promise<SignedIn | undefined> {
    if (!tokenPattern.test(token)) return undefined;
    const hash = hashOf(token);
    const key = hash.toString('hex');
    const known = this.#remembered.get(key);
    if (known && this.#now() - known.askedAtMs < believedMs) return this.#use(key, hash, known);
    try {
      const found = await this.#ask(key, hash);
      return found && this.#use(key, hash, found);
    } catch (error) {
      if (known && known.expiresAtMs > this.#now()) return known.signedIn;
      throw new HttpProblem(503, 'Sessions cannot be looked up: the database is away.', {
        headers: { 'retry-after': '5' },
        cause: error,
      });
    }
  }

  /**
   * Of the tokens, those that are valid no more, asked in one query; what is valid is brought up to date.
   * @throws when the database is away.
   */
  async recheck(tokens: readonly string[]): Promise<{ gone: string[]; valid: Map<string, SignedIn> }> {
    const hashes = tokens.map(hashOf);
    const stored = await within(lookupMs, selectSessions(this.#db, hashes));
    const found = new Map(stored.map((session) => [session.tokenHash.toString('hex'), session]));
    const gone: string[] = [];
    const valid = new Map<string, SignedIn>();
    tokens.forEach((token, i) => {
      const hash = hashes[i]!;
      const key = hash.toString('hex');
      const session = found.get(key);
      if (session === undefined) {
        this.#remembered.delete(key);
        gone.push(token);
      } else {
        valid.set(token, this.#use(key, hash, this.#remember(key, session)));
      }
    });
    return { gone, valid };
  }

  async end(token: string): Promise<void> {
    const hash = hashOf(token);
    await deleteSession(this.#db, hash);
    this.#remembered.delete(hash.toString('hex'));
    for (const ended of this.#endListeners) ended(token);
  }

  /** Told of every session that ends by signing out here. */
  onEnd(ended: (token: string) => void): void {
    this.#endListeners.push(ended);
  }

  async dropExpired(): Promise<void> {
    await deleteExpiredSessions(this.#db);
  }

  /** Many requests of one page ask once. */
  #ask(key: string, hash: Buffer): Promise<Remembered | undefined> {
    let asking = this.#asking.get(key);
    if (asking === undefined) {
      asking = within(lookupMs, selectSessions(this.#db, [hash]))
        .then(([session]) => {
          if (session) return this.#remember(key, session);
          this.#remembered.delete(key);
          return undefined;
        })
        .finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    return asking;
  }

  #remember(key: string, session: StoredSession): Remembered {
    const remembered = toRemembered(session, this.#now());
    this.#remembered.delete(key);
    this.#remembered.set(key, remembered);
    if (this.#remembered.size > rememberedSessions) {
      const oldest = this.#remembered.keys().next();
      if (!oldest.done) this.#remembered.delete(oldest.value);
    }
    return remembered;
  }

  #use(key: string, hash: Buffer, session: Remembered): SignedIn {
    const nowMs = this.#now();
    if (nowMs - session.lastSeenAtMs > touchEveryMs) {
      session.lastSeenAtMs = nowMs;
      // Should it fail, the next use but one tries again; nobody waits for it.
      touchSession(this.#db, hash, lifetimeOf(session.signedIn.role)).catch(() => {
        const held = this.#remembered.get(key);
        if (held) held.lastSeenAtMs = 0;
      });
    }
    return session.signedIn;
  }
}
