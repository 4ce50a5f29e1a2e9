// Sparkplug B topics: `spBv1.0/{group}/{type}/{edge node}[/{device}]` (Sparkplug 3.0.0, chapter 4).
import { rejected, type Rejected } from '../../model/observation.ts';
import { toSourceId } from './source-id.ts';

export interface Topic {
  type: 'BIRTH' | 'DATA' | 'DEATH';
  group: string;
  edge: string;
  device: string | undefined;
  /** Of the edge node. */
  path: string;
  sourceId: string;
}

/** Undefined where the names have nothing that an id could hold. */
export const sourceIdOf = (group: string, edge: string, device?: string): string | undefined =>
  toSourceId('spb', [group, edge, ...(device === undefined ? [] : [device])].join('-'));

/** The parts of a topic whose messages say something of a city, or why it is none. */
export function parseTopic(text: string): Topic | Rejected {
  const [namespace, group = '', type = '', edge = '', device] = text.split('/', 6);
  const parts = /^([ND])(BIRTH|DATA|DEATH)$/.exec(type);
  if (namespace !== 'spBv1.0' || parts === null || (parts[1] === 'D') !== (device !== undefined)) {
    return rejected(
      'unknown-topic',
      'expected spBv1.0/{group}/{N|D}{BIRTH|DATA|DEATH}/{edge}[/{device}]',
      'topic',
    );
  }
  const sourceId = sourceIdOf(group, edge, device);
  if (group === '' || edge === '' || device === '' || sourceId === undefined) {
    return rejected('bad-id', 'group, edge node and device need names of letters or digits', 'topic');
  }
  return { type: parts[2] as Topic['type'], group, edge, device, path: `${group}/${edge}`, sourceId };
}

/** Topics that are remembered; who invents more of them has them read anew. */
const maxRemembered = 20_000;

/** `parseTopic` of feeds whose few topics come again and again. */
export class Topics {
  readonly #read = new Map<string, Topic | Rejected>();

  of(text: string): Topic | Rejected {
    let topic = this.#read.get(text);
    if (topic === undefined) {
      if (this.#read.size >= maxRemembered) this.#read.clear();
      this.#read.set(text, (topic = parseTopic(text)));
    }
    return topic;
  }
}
