// What is sealed: it opens for its owner under its key only, and the key is made once, whole and for us alone.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecrets, UnreadableSecretError } from '../../store/secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simpang-secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bound = 'source:lora-pdam';

test('the key is made once, for us alone, and nothing is left beside it', async () => {
  const { seal } = await openSecrets(folder);
  const path = join(folder, 'secret.key');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path)).toHaveLength(32);
  expect(await readdir(folder)).toEqual(['secret.key']);
  expect((await openSecrets(folder)).open(seal('x', bound), bound)).toBe('x');
});

test('two that start at once agree on a key', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openSecrets(join(folder, 'new'))));
  const sealed = opened[0]!.seal('rahasia', bound);
  for (const each of opened) expect(each.open(sealed, bound)).toBe('rahasia');
});

test('a key of another size is named, and not written over', async () => {
  const path = join(folder, 'secret.key');
  await writeFile(path, 'short');
  await expect(openSecrets(folder)).rejects.toThrow(`${path} has 5 bytes instead of 32`);
  expect(await readFile(path, 'utf8')).toBe('short');
});

test('every text comes back, and the same text is never the same bytes twice', async () => {
  const secrets = await openSecrets(folder);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, owner) => {
      const sealed = secrets.seal(plain, owner);
      expect(secrets.open(sealed, owner)).toBe(plain);
      expect(secrets.seal(plain, owner).equals(sealed)).toBe(false);
    }),
  );
});

test('another key, another owner, a changed or missing byte: nothing opens', async () => {
  const secrets = await openSecrets(folder);
  const sealed = secrets.seal('sandi', bound);
  const other = await openSecrets(join(folder, 'other'));
  expect(() => other.open(sealed, bound)).toThrow(/source:lora-pdam was sealed with another secret\.key/);
  expect(() => secrets.open(sealed, 'source:other')).toThrow(UnreadableSecretError);
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed);
    altered[at]! ^= 1;
    expect(() => secrets.open(altered, bound)).toThrow(UnreadableSecretError);
    expect(() => secrets.open(sealed.subarray(0, at), bound)).toThrow(UnreadableSecretError);
  }
});
