// What is typed to connect a source, what of it is missing, and what is sent to the server. Pure.
import {
  formats,
  type Credentials,
  type FormatId,
  type Source,
  type SourceChange,
  type SourceDraft,
  type Transport,
} from '../../../../model/source.ts';
import { defaultPollEverySeconds, leastPollEverySeconds } from '../../../../model/source-fault.ts';
import type { AdminWords } from '../../words/admin-id.ts';

export interface CredentialFields {
  username: string;
  password: string;
  headerName: string;
  headerValue: string;
}

/** `keep`: those that are stored; `remove`: none; `replace`: those that are typed. */
export type CredentialsChoice = 'keep' | 'remove' | 'replace';

export interface ConnectionForm {
  name: string;
  format: FormatId;
  transport: Transport;
  address: string;
  topicFilter: string;
  pollEverySeconds: string;
  expectedEverySeconds: string;
  credentials: CredentialFields;
  credentialsChoice: CredentialsChoice;
}

const noCredentials: CredentialFields = { username: '', password: '', headerName: '', headerValue: '' };

export const emptyForm = (format: FormatId = 'native'): ConnectionForm => ({
  name: '',
  format,
  transport: formats[format].by[0],
  address: '',
  topicFilter: '',
  pollEverySeconds: String(defaultPollEverySeconds),
  expectedEverySeconds: '',
  credentials: { ...noCredentials },
  credentialsChoice: 'replace',
});

/** The form of a source that is there already; its credentials stay unless somebody changes them. */
export const formOf = (source: Source): ConnectionForm => ({
  name: source.name,
  format: source.format,
  transport: source.transport,
  address: source.address ?? '',
  topicFilter: source.topicFilter ?? '',
  pollEverySeconds: String(source.pollEverySeconds ?? defaultPollEverySeconds),
  expectedEverySeconds: source.expectedEverySeconds === null ? '' : String(source.expectedEverySeconds),
  credentials: { ...noCredentials },
  credentialsChoice: source.hasCredentials ? 'keep' : 'replace',
});

/** Another format comes by its usual way, unless somebody began to say where and the format allows that way too. */
export function withFormat(form: ConnectionForm, format: FormatId): ConnectionForm {
  const by: readonly Transport[] = formats[format].by;
  const begun = `${form.address}${form.topicFilter}`.trim() !== '';
  return { ...form, format, transport: begun && by.includes(form.transport) ? form.transport : by[0]! };
}

export type FormFaults = Partial<Record<keyof ConnectionForm, string>>;

/** What is missing or cannot be, by field, before the server is asked. */
export function faultsOf(form: ConnectionForm, w: AdminWords): FormFaults {
  const faults: FormFaults = {};
  const address = form.address.trim();
  if (form.transport === 'http' && !/^https?:\/\/\S+$/i.test(address))
    faults.address = address === '' ? w.needAddress : w.needHttpAddress;
  if (form.transport === 'mqtt' && !/^mqtts?:\/\/\S+$/i.test(address))
    faults.address = address === '' ? w.needAddress : w.needMqttAddress;
  const topic = form.topicFilter.trim();
  if (form.transport !== 'http' && topic === '') faults.topicFilter = w.needTopic;
  if (form.transport === 'broker' && /^simpang(\/|$)/.test(topic)) faults.topicFilter = w.ownTopic;
  if (form.transport === 'http' && !isBetween(form.pollEverySeconds, leastPollEverySeconds, 86_400))
    faults.pollEverySeconds = w.needNumber(String(leastPollEverySeconds), '86.400');
  if (form.expectedEverySeconds.trim() !== '' && !isBetween(form.expectedEverySeconds, 1, 604_800))
    faults.expectedEverySeconds = w.needNumber('1', '604.800');
  return faults;
}

const isBetween = (text: string, min: number, max: number): boolean => {
  const value = Number(text.replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= min && value <= max;
};

const numberOf = (text: string): number => Number(text.replace(',', '.'));
const orNull = (text: string): number | null => (text.trim() === '' ? null : numberOf(text));

/** Only what was typed; undefined when nothing was. */
export function toCredentials(fields: CredentialFields): Credentials | undefined {
  const typed = Object.entries(fields).filter(([, value]) => value !== '');
  return typed.length === 0 ? undefined : Object.fromEntries(typed);
}

type Connection = Pick<SourceDraft, 'address' | 'topicFilter' | 'pollEverySeconds'>;

function toConnection(form: ConnectionForm): Required<Connection> {
  const polled = form.transport === 'http';
  return {
    address: form.transport === 'broker' ? null : form.address.trim(),
    topicFilter: polled ? null : form.topicFilter.trim(),
    pollEverySeconds: polled ? numberOf(form.pollEverySeconds) : null,
  };
}

/** @param fallbackName for a source that nobody named yet. */
export function toDraft(form: ConnectionForm, fallbackName: string): SourceDraft {
  const credentials = form.transport === 'broker' ? undefined : toCredentials(form.credentials);
  return {
    name: form.name.trim() || fallbackName,
    format: form.format,
    transport: form.transport,
    ...toConnection(form),
    expectedEverySeconds: orNull(form.expectedEverySeconds),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** What differs from the source as it was seen. */
export function toChange(form: ConnectionForm, source: Source): SourceChange {
  const wanted = {
    name: form.name.trim() || source.name,
    ...toConnection(form),
    expectedEverySeconds: orNull(form.expectedEverySeconds),
  };
  const differs = Object.entries(wanted).filter(([key, value]) => source[key as keyof Source] !== value);
  return { version: source.version, ...Object.fromEntries(differs), ...credentialsChange(form, source) };
}

function credentialsChange(form: ConnectionForm, source: Source): Pick<SourceChange, 'credentials'> {
  if (form.transport === 'broker' || form.credentialsChoice === 'keep') return {};
  if (form.credentialsChoice === 'remove') return source.hasCredentials ? { credentials: null } : {};
  const credentials = toCredentials(form.credentials);
  return credentials === undefined ? {} : { credentials };
}
