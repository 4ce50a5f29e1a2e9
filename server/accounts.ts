// Accounts from the command line: the first admin, and `npm run user`.
import { randomInt } from 'node:crypto';
import { isRole, roles, type Role } from '../model/roles.ts';
import type { Database } from '../store/connect.ts';
import {
  insertUser,
  selectUserByName,
  selectUserCount,
  selectUsers,
  updateDisabled,
  updatePassword,
  updateRole,
  usernamePattern,
  type User,
} from '../store/users.ts';
import { hashPassword } from './passwords.ts';

const actor = 'system:command line';
/** No letters that are taken for others when read from a screen: 23 characters carry 112 bits. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const passwordLength = 23;

export function generatePassword(): string {
  return Array.from({ length: passwordLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/**
 * Makes the account `admin` where there is no account at all.
 * @returns its password when it was generated here, to be shown once.
 */
export async function ensureAdmin(db: Database, password: string | undefined): Promise<string | undefined> {
  if ((await selectUserCount(db)) > 0) return undefined;
  const chosen = password ?? generatePassword();
  const passwordHash = await hashPassword(chosen);
  await insertUser(db, { username: 'admin', displayName: 'Admin', role: 'admin', passwordHash }, actor);
  return password === undefined ? chosen : undefined;
}

export const userUsage = `npm run user -- list
npm run user -- add NAME ROLE ["Display name"]     prints a generated password
npm run user -- password NAME                      a new generated password; ends the sessions
npm run user -- role NAME ROLE
npm run user -- disable NAME | enable NAME
Roles: ${roles.join(', ')}`;

/**
 * Carries out one `npm run user` command.
 * @returns what to print.
 * @throws with a message for people.
 */
export async function runUserCommand(db: Database, args: string[]): Promise<string> {
  const [verb, name, ...rest] = args;
  if (verb === 'list') return (await selectUsers(db)).map(toLine).join('\n') || 'No accounts yet.';
  if (name === undefined) throw new Error(userUsage);
  if (verb === 'add') return addUser(db, name, rest[0], rest[1]);
  const user = await selectUserByName(db, name);
  if (user === undefined) throw new Error(`There is no account named ${name}.`);
  switch (verb) {
    case 'password': {
      const password = generatePassword();
      await updatePassword(db, user.userNo, await hashPassword(password), actor);
      return `Password of ${user.username}: ${password}`;
    }
    case 'role':
      await updateRole(db, user.userNo, toRole(rest[0]), actor);
      return `${user.username} is now ${rest[0]}.`;
    case 'disable':
    case 'enable':
      await updateDisabled(db, user.userNo, verb === 'disable', actor);
      return `${user.username} is ${verb}d.`;
    default:
      throw new Error(userUsage);
  }
}

async function addUser(
  db: Database,
  name: string,
  role: string | undefined,
  displayName = name,
): Promise<string> {
  if (!usernamePattern.test(name))
    throw new Error(`${JSON.stringify(name)} cannot be a user name: A-Z a-z 0-9 . _ @ -`);
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const user = await insertUser(db, { username: name, displayName, role: toRole(role), passwordHash }, actor);
  return `Account ${user.username} (${user.role}), password: ${password}`;
}

function toRole(role: string | undefined): Role {
  if (role !== undefined && isRole(role)) return role;
  throw new Error(`The role is ${JSON.stringify(role ?? '')}; expected one of ${roles.join(', ')}.`);
}

const toLine = (user: User): string =>
  `${user.username}\t${user.role}\t${user.displayName}${user.disabledAt ? '\tdisabled' : ''}`;
