// Makes ids of ours from the names that others give: plates, users, devices.
import { sourceIdPattern } from '../../model/asset.ts';

/**
 * `{prefix}-{name}` with what an id cannot hold as a dash: `BK 1234 AB` becomes `gtfsrt-BK-1234-AB`.
 * @returns undefined where nothing that could tell two apart is left, or it is too long.
 */
export function toSourceId(prefix: string, name: string): string | undefined {
  const whole = `${prefix}-${name}`;
  if (sourceIdPattern.test(whole)) return name === '' ? undefined : whole;
  const cleaned = name
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const sourceId = `${prefix}-${cleaned}`;
  return /[A-Za-z0-9]/.test(cleaned) && sourceIdPattern.test(sourceId) ? sourceId : undefined;
}
