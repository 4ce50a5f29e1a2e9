// Feeds, formats and reasons in the words of the page.
import type { Reject } from '../../../model/feed.ts';
import { formats, type FormatId } from '../../../model/source.ts';
import type { AdminWords } from '../words/admin-id.ts';
import type { Words } from '../words/id.ts';
import { numberWords } from '../words/say.ts';
import { localClocks, suggestClock } from './rejects/rules.ts';

/** The name of a source; else what a feed of every broker is called, its simulated twin alike. */
export function feedName(feed: { id: string; name: string | null }, t: Words): string {
  if (feed.name !== null && feed.name !== '') return feed.name;
  const id = feed.id.replace(/^sim-/, '');
  if (!Object.hasOwn(t.feedNames, id) && Object.hasOwn(formats, id)) return formats[id as FormatId].name;
  const named = Object.hasOwn(t.feedNames, id) ? t.feedNames[id]! : id;
  return named.charAt(0).toUpperCase() + named.slice(1);
}

export const formatName = (format: FormatId | null): string =>
  format !== null && Object.hasOwn(formats, format) ? formats[format].name : '–';

/** A reason that has no words yet is shown as it is. */
export const reasonWords = (reason: string, w: AdminWords): string =>
  Object.hasOwn(w.reasons, reason) ? w.reasons[reason]! : reason;

/** What is wrong, in the words of the page where it is known better than the adapter could say. */
export function detailWords(
  reject: Pick<Reject, 'reason' | 'detail'>,
  w: AdminWords,
  locale: string,
): string {
  const minutes = suggestClock([reject]);
  const zone = localClocks.find((one) => one.minutes === minutes)?.zone;
  if (zone === undefined || minutes === undefined) return reject.detail;
  return w.seemsLocalClock(numberWords(-minutes / 60, locale), zone.replace(/ .*/, ''));
}

export const kindWords = (kind: string, w: AdminWords): string =>
  Object.hasOwn(w.outcomeKinds, kind) ? w.outcomeKinds[kind]! : kind;
