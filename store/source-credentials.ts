// Credentials of sources: sealed for the table, opened for ingest, and bound to the host they were given for.
import type { Credentials } from '../model/source.ts';
import type { Secrets } from './secrets.ts';

const boundTo = (sourceId: string): string => `source:${sourceId}`;

/** Null when there are none to keep. */
export const sealCredentials = (
  secrets: Secrets,
  id: string,
  credentials: Credentials | null | undefined,
): Buffer | null =>
  credentials == null || Object.keys(credentials).length === 0
    ? null
    : secrets.seal(JSON.stringify(credentials), boundTo(id));

export interface OpenedCredentials {
  credentials: Credentials | undefined;
  /** Why the stored ones cannot be read, for people; then there are none. */
  fault: string | undefined;
}

export function openCredentials(secrets: Secrets, id: string, bytes: Buffer | null): OpenedCredentials {
  if (bytes === null) return { credentials: undefined, fault: undefined };
  try {
    return { credentials: JSON.parse(secrets.open(bytes, boundTo(id))) as Credentials, fault: undefined };
  } catch {
    const fault =
      'The stored credentials cannot be read: they were sealed with another secret.key, or altered. Enter them again.';
    return { credentials: undefined, fault };
  }
}

const defaultPorts = new Map([
  ['mqtt:', '1883'],
  ['mqtts:', '8883'],
  ['http:', '80'],
  ['https:', '443'],
]);

/** Scheme, host and port: who would be told the credentials. An address that cannot be read is like no other. */
export function originOf(address: string | null): string {
  if (address === null || !URL.canParse(address)) return `unreadable ${address ?? ''}`;
  const { protocol, hostname, port } = new URL(address);
  return `${protocol}//${hostname.toLowerCase()}:${port || (defaultPorts.get(protocol) ?? '')}`;
}
