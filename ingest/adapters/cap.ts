// CAP 1.2 (OASIS, 2010) and 1.1: one alert, update or cancellation as a warning.
import { rejected, type Rejected } from '../../model/observation.ts';
import { toCapId, type Warning } from '../../model/warning.ts';
import { isRejected, type Adapter, type NewAdapter } from './adapter.ts';
import { linksOf } from './cap-index.ts';
import { toInfoPart } from './cap-info.ts';
import { instantOf, toIso } from './instant.ts';
import { parseXml, textOf, type XmlElement } from './xml.ts';

const namespaces: ReadonlySet<string> = new Set([
  'urn:oasis:names:tc:emergency:cap:1.1',
  'urn:oasis:names:tc:emergency:cap:1.2',
]);
const actions: ReadonlyMap<string, Warning['action']> = new Map([
  ['Alert', 'alert'],
  ['Update', 'update'],
  ['Cancel', 'cancel'],
]);
/** CAP 1.2, 3.2.1. All but the first are never to be taken for real. */
const statuses: ReadonlySet<string> = new Set(['Actual', 'Exercise', 'System', 'Test', 'Draft']);
const scopes: ReadonlySet<string> = new Set(['Public', 'Restricted', 'Private']);
const maxNameLength = 256;
const maxReferences = 500;

type Head = Pick<Warning, 'id' | 'action' | 'references' | 'exercise'> & { sender: string; sentAt: number };

/**
 * Reads one alert. Its head (3.2.1) must be right, for it says what the message is; what is wrong within an `info` is
 * said beside the warning, which stands without it. An index of alerts is none: the poller follows it.
 */
export const parseCap: Adapter = ({ payload }) => {
  const alert = parseXml(payload);
  if (isRejected(alert)) return [alert];
  const fault = rootFault(alert);
  if (fault !== undefined) return [fault];
  const faults: Rejected[] = [];
  const head = toHead(alert, faults);
  if (isRejected(head)) return [head];
  const warning = toWarning(head, alert, faults);
  return [...faults, { kind: 'warning', sourceId: head.id, observedAt: head.sentAt, warning }];
};

function toWarning(head: Head, alert: XmlElement, faults: Rejected[]): Warning {
  const { id, action, references, exercise, sender, sentAt } = head;
  const info = toInfoPart(alert, sender, faults);
  return {
    id,
    action,
    references,
    exercise,
    kind: /^(earthquake|gempa)/i.test(info.event) ? 'earthquake' : 'hazard',
    sentAt: toIso(sentAt),
    ...info,
    routeIds: [],
    stopIds: [],
  };
}

function rootFault(root: XmlElement): Rejected | undefined {
  const links = linksOf(root);
  if (links !== undefined)
    return rejected('not-an-observation', `an index of ${links.length} alerts, and none itself`, root.name);
  if (root.name === 'alert' && namespaces.has(root.namespace)) return undefined;
  const found = `<${root.name.slice(0, 40)}> of ${JSON.stringify(root.namespace.slice(0, 80))}`;
  return rejected('schema', `${found} was found; expected <alert> of CAP 1.1 or 1.2`, 'alert');
}

function toHead(alert: XmlElement, faults: Rejected[]): Head | Rejected {
  const identifier = textOf(alert, 'identifier') ?? '';
  const sender = textOf(alert, 'sender') ?? '';
  const fault = nameFault('identifier', identifier) ?? nameFault('sender', sender);
  if (fault !== undefined) return fault;
  const sentAt = instantOf(textOf(alert, 'sent') ?? '');
  if (sentAt === undefined) return unexpected(alert, 'sent', 'a time with offset');
  const status = textOf(alert, 'status') ?? '';
  if (!statuses.has(status)) return unexpected(alert, 'status', [...statuses].join(', '));
  if (!scopes.has(textOf(alert, 'scope') ?? '')) return unexpected(alert, 'scope', [...scopes].join(', '));
  const msgType = textOf(alert, 'msgType') ?? '';
  if (msgType === 'Ack' || msgType === 'Error') {
    return rejected('not-an-observation', `${msgType} is an answer to other messages`, 'alert.msgType');
  }
  const action = actions.get(msgType);
  if (action === undefined) return unexpected(alert, 'msgType', 'Alert, Update, Cancel, Ack or Error');
  const references = toReferences(textOf(alert, 'references') ?? '', faults);
  if (action === 'cancel' && references.length === 0) {
    return unexpected(alert, 'references', 'what is cancelled, as sender,identifier,sent');
  }
  const id = toCapId(sender, identifier);
  const earlier = references.filter((each) => each !== id);
  return { id, action, references: earlier, exercise: status !== 'Actual', sender, sentAt };
}

function nameFault(name: string, value: string): Rejected | undefined {
  if (value !== '' && value.length <= maxNameLength) return undefined;
  const detail = `${value.length} characters were found; expected 1 to ${maxNameLength}`;
  return rejected('bad-id', detail, `alert.${name}`);
}

function unexpected(alert: XmlElement, name: string, expected: string): Rejected {
  const found = textOf(alert, name);
  const shown = found === undefined ? 'nothing' : JSON.stringify(found.slice(0, 60));
  return rejected('schema', `${shown} was found; expected ${expected}`, `alert.${name}`);
}

/** "sender,identifier,sent", separated by white space (3.2.1). */
function toReferences(text: string, faults: Rejected[]): string[] {
  if (text === '') return [];
  const ids = new Set<string>();
  for (const each of text.split(/\s+/).filter(Boolean).slice(0, maxReferences)) {
    const [sender, identifier, ...sent] = each.split(',');
    if (sender && identifier && sent.length === 1) ids.add(toCapId(sender, identifier));
    else {
      const detail = `${JSON.stringify(each.slice(0, 80))} was found; expected sender,identifier,sent`;
      faults.push(rejected('schema', detail, 'alert.references'));
    }
  }
  return [...ids];
}

export const newCap: NewAdapter = () => parseCap;
