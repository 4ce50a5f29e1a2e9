// What an entry of the stream says: a head and a line under it, in the language of the page.
import type { Entry } from '../live/stream-entries.ts';
import { alarmEn } from '../words/alarm-en.ts';
import { alarmId } from '../words/alarm-id.ts';
import type { Words } from '../words/id.ts';
import { ageWords, numberWords } from '../words/say.ts';
import { truthEn } from '../words/truth-en.ts';
import { truthId } from '../words/truth-id.ts';

export interface Said {
  head: string;
  under: string;
  icon: 'link' | 'service' | 'angkot' | 'sensor' | 'camera' | 'warning';
  /** The asset it is about. */
  assetId: string | undefined;
  simulated: boolean;
}

export function sayEntry(entry: Entry, words: Words, moment: (ms: number) => string): Said {
  if (entry.kind === 'feed') return sayFeed(entry, words);
  if (entry.kind === 'link') {
    const head = entry.to === 'lost' ? words.linkLostEvent : words.linkBackEvent;
    return { head, under: words.server, icon: 'link', assetId: undefined, simulated: false };
  }
  if (entry.kind === 'warning') {
    const w = words.locale === 'id-ID' ? alarmId : alarmEn;
    const say = entry.state === 'standing' ? w.warningStanding : w.warningOver;
    const under = w.warningStates[entry.state] ?? entry.state;
    return { head: say(entry.headline), under, icon: 'warning', assetId: undefined, simulated: false };
  }
  if (entry.kind === 'slept') {
    const truth = truthOf(words);
    const head = truth.slept(ageWords(entry.at - entry.from, words));
    const under = truth.sleptDetail(moment(entry.from));
    return { head, under, icon: 'link', assetId: undefined, simulated: false };
  }
  if (entry.kind === 'assets') {
    const say = entry.to === 'silent' ? words.manyWentSilent : words.manyCameBack;
    const head = say(numberWords(entry.count, words.locale), words.groups[entry.group]);
    return {
      head,
      under: words.groups[entry.group],
      icon: entry.group,
      assetId: undefined,
      simulated: false,
    };
  }
  const { assetId, name, simulated } = entry;
  const seen = entry.seenAt === undefined ? words.never : words.lastAt(moment(entry.seenAt));
  if (entry.kind === 'camera') {
    const head = entry.to === 'offline' ? words.cameraOffline(name) : words.cameraOnline(name);
    return { head, under: sourceIdOf(assetId), icon: 'camera', assetId, simulated };
  }
  const say = entry.to === 'silent' ? words.wentSilent : words.cameBack;
  const head = say(words.groupOne[entry.group], name);
  // What nobody registered is called by its id already.
  const known = name === sourceIdOf(assetId) || name === assetId ? [] : [sourceIdOf(assetId)];
  const under = [...known, ...(entry.to === 'silent' || known.length === 0 ? [seen] : [])].join(' · ');
  return { head, under, icon: entry.group, assetId, simulated };
}

const truthOf = (words: Words): typeof truthId => (words.locale === 'id-ID' ? truthId : truthEn);

function sayFeed(entry: Extract<Entry, { kind: 'feed' }>, words: Words): Said {
  const name = entry.name || (words.feedNames[entry.feedId.replace(/^sim-/, '')] ?? entry.feedId);
  const base = { icon: 'link', assetId: undefined, simulated: entry.simulated } as const;
  if (entry.state === 'silent')
    return { ...base, head: words.feedSilent(name), under: words.feedSilentDetail };
  if (entry.state === 'returned') {
    const under =
      entry.silentMs === undefined
        ? words.feedReturnedDetail
        : words.quietFor(ageWords(entry.silentMs, words));
    return { ...base, head: words.feedReturned(name), under };
  }
  return { ...base, head: words.feedChanged(name, entry.state), under: entry.feedId };
}

const sourceIdOf = (assetId: string): string => assetId.slice(assetId.indexOf(':') + 1);

const texts = new WeakMap<Entry, { locale: string; text: string }>();

/** Lower case of all that a text filter looks at, made once an entry and language. */
export function entryText(entry: Entry, words: Words): string {
  const known = texts.get(entry);
  if (known?.locale === words.locale) return known.text;
  const { head, under, assetId = '' } = sayEntry(entry, words, () => '');
  const text = `${head} ${under} ${assetId}`.toLowerCase();
  texts.set(entry, { locale: words.locale, text });
  return text;
}
