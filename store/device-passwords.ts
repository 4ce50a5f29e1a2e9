// Passwords of devices: generated here, and kept only as hashes that Mosquitto reads too.
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** As mosquitto_passwd of Mosquitto 2.0 writes it. What is hashed is random, so that iterations protect nothing. */
const scheme = '7';
const digest = 'sha512';
const iterations = 101;
const saltBytes = 12;
const hashBytes = 64;
/** Of hashes that came from elsewhere: nobody shall make the broker count for seconds. */
const mostIterations = 100_000;

/** 192 random bits, as 32 characters that need no quoting. */
export const newDevicePassword = (): string => randomBytes(24).toString('base64url');

/** `$7$101$<salt>$<hash>`: PBKDF2 with HMAC-SHA-512 (RFC 8018, 5.2), both parts in base64. */
export async function hashDevicePassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, iterations, hashBytes, digest);
  return ['', scheme, iterations, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Compares in constant time, off the main thread; a hash of another form is nobody's. Never throws. */
export async function verifyDevicePassword(hash: string, password: string): Promise<boolean> {
  const [, given, times, salt, expected] = hash.split('$');
  const count = Number(times);
  if (given !== scheme || !salt || !expected || !Number.isInteger(count)) return false;
  if (count < 1 || count > mostIterations) return false;
  const wanted = Buffer.from(expected, 'base64');
  if (wanted.length !== hashBytes) return false;
  return timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64'), count, hashBytes, digest),
    wanted,
  );
}
