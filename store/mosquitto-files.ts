// The devices as files for a Mosquitto: who may sign in, and who may publish and hear what.

export interface MosquittoDevice {
  username: string;
  passwordHash: string;
  publish: readonly string[];
  subscribe: readonly string[];
}

/** A line break would begin a line of its own, with rights of its own. */
const isOneLine = (text: string): boolean => !/\p{Cc}/u.test(text);

/**
 * For `acl_file` (mosquitto.conf(5)). Lines before the first user are for anonymous clients: there are none, so these
 * may do nothing.
 * @param options.ingestUsername how Simpang itself signs in: it hears every feed, speaks under its own prefix, and asks
 *   Sparkplug's edges for rebirths.
 */
export function toMosquittoAcl(
  devices: readonly Omit<MosquittoDevice, 'passwordHash'>[],
  options: { ingestUsername: string },
): string {
  const lines = [
    '# Made by Simpang. Anonymous clients may do nothing.',
    '',
    `user ${options.ingestUsername}`,
    'topic read #',
    'topic readwrite simpang/#',
    'topic write spBv1.0/+/NCMD/#',
    'topic write spBv1.0/+/DCMD/#',
  ];
  for (const { username, publish, subscribe } of devices) {
    lines.push('', `user ${username}`);
    lines.push(...publish.filter(isOneLine).map((filter) => `topic write ${filter}`));
    lines.push(...subscribe.filter(isOneLine).map((filter) => `topic read ${filter}`));
  }
  return `${lines.join('\n')}\n`;
}

/** For `password_file`. Without Simpang's own user, whose password is not known here: `mosquitto_passwd` adds it. */
export const toMosquittoPasswords = (
  devices: readonly Pick<MosquittoDevice, 'username' | 'passwordHash'>[],
): string => devices.map(({ username, passwordHash }) => `${username}:${passwordHash}\n`).join('');
