// What is wrong with the links behind the screen and since when: one list for the banner, the panels and the map. Pure.
import type { LinkState } from '../../../model/live.ts';

/** What the socket knows of itself and was told. */
export interface LinkView {
  connected: boolean;
  /** The link stands, and nothing comes through it. */
  silent: boolean;
  /** Whether a snapshot has ever arrived. */
  live: boolean;
  /** Since when the link is in its present state; when it is lost, when the server was heard last. Epoch milliseconds. */
  since: number;
  refused: string | undefined;
  links: LinkState | undefined;
}

/** `storing`: what comes is seen live, and not stored yet. */
export type FaultKind =
  'never' | 'server' | 'silent' | 'refused' | 'broker' | 'ingest' | 'database' | 'alarms' | 'storing';

export interface LinkFault {
  kind: FaultKind;
  since: number;
}

/** The first connection of a page takes a moment, which is no outage yet. */
const graceMs = 2_000;

/** The nearest fault first; behind a server that is not heard nothing further is known. */
export function linkFaults(view: LinkView, nowMs: number): LinkFault[] {
  const { connected, silent, live, since, refused, links } = view;
  if (!connected && !live) return nowMs - since < graceMs ? [] : [{ kind: 'never', since }];
  if (!connected) return [{ kind: 'server', since }];
  if (silent) return [{ kind: 'silent', since }];
  if (refused !== undefined) return [{ kind: 'refused', since }];
  if (links === undefined) return [];
  const { broker, ingest, database, storing, alarms } = links;
  const faults: LinkFault[] = [];
  const fault = (kind: FaultKind, link: { ok: boolean; since: string } | undefined): void => {
    if (link && !link.ok) faults.push({ kind, since: Date.parse(link.since) });
  };
  fault('broker', broker);
  // Ingest is heard by the broker: without that, nothing is known of it.
  if (broker.ok) fault('ingest', ingest);
  fault('database', database);
  // It is heard by the broker, and without values or a database it cannot work: those are said then.
  if (broker.ok && ingest.ok && database.ok) fault('alarms', alarms);
  if (broker.ok && ingest.ok && database.ok) fault('storing', storing);
  return faults;
}

const earliest = (faults: readonly LinkFault[], kinds: readonly FaultKind[]): number | undefined => {
  const times = faults.filter(({ kind }) => kinds.includes(kind)).map(({ since }) => since);
  return times.length === 0 ? undefined : Math.min(...times);
};

/** Since when nothing new can come from the field; undefined while it can. */
export const blindSince = (faults: readonly LinkFault[]): number | undefined =>
  earliest(faults, ['never', 'server', 'silent', 'refused', 'broker', 'ingest']);

/** Since when nothing that is stored can be asked; undefined while it can. */
export const storeAwaySince = (faults: readonly LinkFault[]): number | undefined =>
  earliest(faults, ['never', 'server', 'silent', 'database']);
