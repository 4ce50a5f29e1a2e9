// A new device as it is typed: what is missing, what is sent, and how to try it from a terminal. Pure.
import { parseAssetId } from '../../../../model/asset.ts';
import { deviceUsernamePattern, topicsOfAsset, type NewDevice } from '../../../../model/device.ts';
import type { AdminWords } from '../../words/admin-id.ts';

export interface DeviceForm {
  username: string;
  note: string;
  for: 'asset' | 'topics';
  assetId: string;
  /** One topic a line. */
  publish: string;
  subscribe: string;
}

export const emptyDevice = (): DeviceForm => ({
  username: '',
  note: '',
  for: 'asset',
  assetId: '',
  publish: '',
  subscribe: '',
});

const topicsIn = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export function deviceFaults(form: DeviceForm, w: AdminWords): Partial<Record<keyof DeviceForm, string>> {
  const faults: Partial<Record<keyof DeviceForm, string>> = {};
  if (!deviceUsernamePattern.test(form.username.trim())) faults.username = w.badUsername;
  if (form.for === 'asset' && parseAssetId(form.assetId.trim()) === undefined) faults.assetId = w.needAsset;
  if (form.for === 'topics' && topicsIn(form.publish).length + topicsIn(form.subscribe).length === 0)
    faults.publish = w.needTopics;
  return faults;
}

export function toNewDevice(form: DeviceForm): NewDevice {
  const note = form.note.trim();
  const subscribe = topicsIn(form.subscribe);
  return {
    username: form.username.trim(),
    ...(note === '' ? {} : { note }),
    ...(form.for === 'asset' ? { assetId: form.assetId.trim() } : { publish: topicsIn(form.publish) }),
    ...(form.for === 'topics' && subscribe.length > 0 ? { subscribe } : {}),
  };
}

/** What an asset is called as a user: its source id, without what no username may hold. */
export const suggestUsername = (assetId: string): string =>
  parseAssetId(assetId.trim())?.sourceId.replace(/[^A-Za-z0-9._-]/g, '-') ?? '';

/** For the shell, between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const payloads: [pattern: RegExp, payload: string][] = [
  [/^city\/vehicle\//, '{"observedAt":"NOW","lat":2.961,"lon":99.059,"speedMps":8}'],
  [/^city\/sensor\//, '{"observedAt":"NOW","readings":{"pm25":12.4,"temperature":27.1}}'],
  [/^city\/camera\/[^/]+\/status$/, '{"observedAt":"NOW","state":"online"}'],
  [/^city\/camera\//, '{"observedAt":"NOW","eventId":"1","type":"motion"}'],
];

export interface PublishExample {
  host: string;
  username: string;
  password: string;
  topic: string;
  nowIso: string;
}

/** A line that publishes once, ready to be pasted into a terminal (mosquitto_pub of Mosquitto 2). */
export function publishExample({ host, username, password, topic, nowIso }: PublishExample): string {
  const concrete = topic.replaceAll('+', 'x').replace(/#$/, 'x');
  const payload = (
    payloads.find(([pattern]) => pattern.test(concrete))?.[1] ?? '{"observedAt":"NOW"}'
  ).replace('NOW', nowIso);
  return [
    `mosquitto_pub -h ${host} -p 1883 -u ${quoted(username)} -P ${quoted(password)} -q 1`,
    `-t ${quoted(concrete)} -m ${quoted(payload)}`,
  ].join(' \\\n  ');
}

export const topicsOfAssetId = (assetId: string): string[] => {
  const parsed = parseAssetId(assetId.trim());
  return parsed === undefined ? [] : topicsOfAsset(parsed.kind, parsed.sourceId);
};
