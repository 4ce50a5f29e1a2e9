// Secrets at rest: sealed with a key that lies in the data folder and never in the database.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Secrets {
  /**
   * Encrypts text with AES-256-GCM (NIST SP 800-38D) under a new random nonce.
   * @param bound what it belongs to, `source:lora-pdam`: it opens for nothing else.
   */
  seal(plain: string, bound: string): Buffer;
  /** @throws {UnreadableSecretError} under another key, for another owner, or when a bit of it was altered. */
  open(sealed: Buffer, bound: string): string;
}

export class UnreadableSecretError extends Error {
  override name = 'UnreadableSecretError';
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** The first byte of what is sealed; another way of sealing would be another number. */
const version = 1;
const headBytes = 1 + nonceBytes;

/**
 * Reads `secret.key` of the data folder, and makes it on first use.
 * @throws when the file is not 32 bytes long, naming it, or cannot be read or made.
 */
export async function openSecrets(dataFolder: string): Promise<Secrets> {
  const path = join(dataFolder, 'secret.key');
  const key = (await readKey(path)) ?? (await makeKey(dataFolder, path));
  if (key.length !== keyBytes) {
    throw new Error(
      `${path} has ${key.length} bytes instead of ${keyBytes}: it is not the key that was made here. ` +
        'Put it back from a backup; without it, stored credentials must be entered again.',
    );
  }
  return {
    seal: (plain, bound) => seal(key, plain, bound),
    open: (sealed, bound) => unseal(key, sealed, bound),
  };
}

async function readKey(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole and synced before it has its name, so that a crash leaves no half key; of two makers the first one's counts. */
async function makeKey(dataFolder: string, path: string): Promise<Buffer> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const unnamed = `${path}.${randomBytes(6).toString('hex')}`;
  await writeSynced(unnamed, randomBytes(keyBytes));
  try {
    await link(unnamed, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(unnamed);
  }
  await syncFolder(dataFolder);
  return readFile(path);
}

async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function seal(key: Buffer, plain: string, bound: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(additional(bound));
  const encrypted = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(version), nonce, encrypted, cipher.getAuthTag()]);
}

function unseal(key: Buffer, sealed: Buffer, bound: string): string {
  if (sealed.length < headBytes + tagBytes || sealed[0] !== version) {
    throw new UnreadableSecretError(`what is stored for ${bound} was not sealed here, or is cut short`);
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, headBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(additional(bound));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const plain = [decipher.update(sealed.subarray(headBytes, -tagBytes)), decipher.final()];
    return Buffer.concat(plain).toString('utf8');
  } catch {
    throw new UnreadableSecretError(
      `what is stored for ${bound} was sealed with another secret.key, or was altered`,
    );
  }
}

const additional = (bound: string): Buffer => Buffer.concat([Buffer.of(version), Buffer.from(bound, 'utf8')]);
