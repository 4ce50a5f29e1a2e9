// POST, GET, DELETE /api/session: sign in, who am I, sign out.
import { normalizeIP } from '@fastify/rate-limit';
import { Session, SignIn } from '../../model/http.ts';
import { signedIn, type Role } from '../../model/roles.ts';
import type { Query } from '../../store/connect.ts';
import { selectUserToSignIn, userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { Attempts } from '../attempts.ts';
import { PasswordCheck } from '../passwords.ts';
import { HttpProblem } from '../problem.ts';
import { lifetimeOf, sessionCookie, type Sessions } from '../session.ts';

export interface SessionRouteOptions {
  db: Query;
  sessions: Sessions;
  /** Whether people come by https, so that the cookie may travel by nothing else. */
  secure: boolean;
}

/** Only failures count, so that a whole shift signing in behind one address is let in. */
const failures = { tries: 10, windowMs: 60_000, keys: 20_000 };

export function sessionRoutes(app: App, { db, sessions, secure }: SessionRouteOptions): void {
  const passwords = new PasswordCheck();
  const byAddress = new Attempts(failures);
  const byName = new Attempts(failures);
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  const maxAge = (role: Role): number => lifetimeOf(role).absoluteSeconds;

  app.post(
    '/api/session',
    {
      config: { access: 'public' },
      schema: { summary: 'Sign in', tags: ['session'], body: SignIn, response: { 200: Session } },
    },
    async (request, reply) => {
      const { username, password } = request.body;
      const user = await limited(
        [
          { attempts: byAddress, key: normalizeIP(request.ip) },
          { attempts: byName, key: username.toLowerCase() },
        ],
        async () => {
          const found = await selectUserToSignIn(db, username);
          return (await passwords.isRight(found?.passwordHash, password)) ? found : undefined;
        },
      );
      if (user === undefined) throw new HttpProblem(401, 'The name or the password is wrong.');
      const earlier = request.cookies[sessionCookie];
      if (earlier !== undefined) await sessions.end(earlier);
      const token = await sessions.start(user.userNo, user.role);
      reply.setCookie(sessionCookie, token, { ...cookie, maxAge: maxAge(user.role) });
      reply.header('cache-control', 'no-store');
      const { userNo, displayName, role } = user;
      return { actor: userActor(userNo), username: user.username, displayName, role };
    },
  );

  app.get(
    '/api/session',
    {
      config: { access: signedIn },
      schema: { summary: 'Who am I', tags: ['session'], response: { 200: Session } },
    },
    async (request, reply) => {
      const { userNo, username, displayName, role } = request.session!;
      reply.header('cache-control', 'no-store');
      return { actor: userActor(userNo), username, displayName, role };
    },
  );

  app.delete(
    '/api/session',
    { config: { access: signedIn }, schema: { summary: 'Sign out', tags: ['session'] } },
    async (request, reply) => {
      await sessions.end(request.cookies[sessionCookie]!);
      return reply.clearCookie(sessionCookie, cookie).code(204).send();
    },
  );
}

interface Limit {
  attempts: Attempts;
  key: string;
}

/**
 * Makes a try that counts when it gives nothing; one that could not be made, the database being away, does not.
 * @throws {HttpProblem} 429 when there were too many.
 */
async function limited<T>(limits: Limit[], attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const { attempts, key } of limits) {
    const seconds = attempts.take(key);
    if (seconds === undefined) continue;
    const headers = { 'retry-after': String(seconds) };
    throw new HttpProblem(429, `Too many tries. Try again in ${seconds} s.`, { headers });
  }
  let failed = false;
  try {
    const result = await attempt();
    failed = result === undefined;
    return result;
  } finally {
    if (!failed) for (const { attempts, key } of limits) attempts.giveBack(key);
  }
}
