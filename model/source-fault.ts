// What keeps a source from working, as far as it can be told before anything is connected.
import { formats, transports, type Credentials, type Source, type Transport } from './source.ts';
import { filterFault } from './topics.ts';

export interface SourceFault {
  /** As a path: `credentials.password`. */
  field: string;
  /** A sentence for people. */
  detail: string;
}

export type Described = Pick<
  Source,
  'name' | 'format' | 'transport' | 'address' | 'topicFilter' | 'pollEverySeconds'
>;

/** Of sources that are polled. */
export const defaultPollEverySeconds = 30;
export const leastPollEverySeconds = 5;

const schemes: Record<Exclude<Transport, 'broker'>, readonly string[]> = {
  mqtt: ['mqtt:', 'mqtts:'],
  http: ['http:', 'https:'],
};

const words: Record<Transport, string> = {
  broker: "the house's broker",
  mqtt: 'another broker',
  http: 'polling',
};

/** The first fault of a source; undefined when it may be tried. */
export function sourceFault(source: Described): SourceFault | undefined {
  return (
    nameFault(source) ??
    transportFault(source) ??
    addressFault(source) ??
    topicFilterFault(source) ??
    pollFault(source)
  );
}

const nameFault = ({ name }: Described): SourceFault | undefined =>
  name.trim() === '' ? { field: 'name', detail: 'The name is empty.' } : undefined;

function transportFault({ format, transport }: Described): SourceFault | undefined {
  const by: readonly Transport[] = formats[format].by;
  if (by.includes(transport)) return undefined;
  const allowed = transports.filter((each) => by.includes(each)).map((each) => `${each} (${words[each]})`);
  return { field: 'transport', detail: `${formats[format].name} comes by ${allowed.join(' or ')} only.` };
}

function addressFault({ transport, address }: Described): SourceFault | undefined {
  const fault = (detail: string): SourceFault => ({ field: 'address', detail });
  if (transport === 'broker') {
    return address === null ? undefined : fault("The house's broker is meant: leave the address out.");
  }
  const expected = schemes[transport].map((scheme) => `${scheme}//`).join(' or ');
  if (address === null) return fault(`The address is missing: one that begins with ${expected}.`);
  if (/[\s\p{Cc}]/u.test(address)) return fault('The address holds a space or a line break.');
  if (!URL.canParse(address))
    return fault(`The address cannot be read: one that begins with ${expected} is expected.`);
  const { protocol, hostname, username, password } = new URL(address);
  if (!schemes[transport].includes(protocol))
    return fault(`The address begins with ${protocol}, not with ${expected}.`);
  if (hostname === '') return fault('The address names no host.');
  // An address is shown to people and written to logs.
  if (username !== '' || password !== '')
    return fault('The address holds a user name or a password: put them into the fields for credentials.');
  return undefined;
}

function topicFilterFault({ transport, topicFilter }: Described): SourceFault | undefined {
  const fault = (detail: string): SourceFault => ({ field: 'topicFilter', detail });
  if (transport === 'http')
    return topicFilter === null ? undefined : fault('What is polled has no topics: leave the filter out.');
  if (topicFilter === null) return fault('The topic filter is missing.');
  if (/\p{Cc}/u.test(topicFilter))
    return fault('The topic filter holds a line break or another control character.');
  const wrong = filterFault(topicFilter);
  return wrong === undefined ? undefined : fault(`The topic filter: ${wrong}.`);
}

function pollFault({ transport, pollEverySeconds }: Described): SourceFault | undefined {
  const fault = (detail: string): SourceFault => ({ field: 'pollEverySeconds', detail });
  if (transport !== 'http')
    return pollEverySeconds === null
      ? undefined
      : fault('Only what comes by http is polled: leave the interval out.');
  if (pollEverySeconds !== null && pollEverySeconds >= leastPollEverySeconds) return undefined;
  return fault(`At least ${leastPollEverySeconds} s lie between two polls.`);
}

/** Headers that belong to the connection, not to who asks (RFC 9110, 7.2, 7.6.1, 8.6; RFC 9112, 6.1). */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);

/** The first fault of credentials for a transport. */
export function credentialsFault(transport: Transport, given: Credentials): SourceFault | undefined {
  const fault = (field: keyof Credentials, detail: string): SourceFault => ({
    field: `credentials.${field}`,
    detail,
  });
  const { username, password, headerName, headerValue } = given;
  if (transport === 'broker' && Object.keys(given).length > 0)
    return {
      field: 'credentials',
      detail: "The house's broker needs no credentials of a source: leave them out.",
    };
  if (transport === 'mqtt' && headerName !== undefined)
    return fault('headerName', 'A broker knows no headers: give a user name and a password.');
  if (headerValue !== undefined && headerName === undefined)
    return fault('headerName', 'The header has a value and no name.');
  if (headerName !== undefined && headerValue === undefined)
    return fault('headerValue', 'The header has a name and no value.');
  if (headerName !== undefined && ownHeaders.has(headerName.toLowerCase()))
    return fault('headerName', `The header ${headerName} belongs to the connection and cannot be set.`);
  // MQTT 3.1.1, 3.1.2.9: no password without a user name.
  if (password !== undefined && username === undefined)
    return fault('username', 'A password is given without a user name.');
  // RFC 7617, 2: a user-id cannot hold a colon.
  if (transport === 'http' && username?.includes(':'))
    return fault('username', 'A user name for http holds no colon.');
  return undefined;
}
