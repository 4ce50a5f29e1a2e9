// What the server finds wrong with a rule, in English, by its code.
import type { RuleFaultWords } from './rule-fault-id.ts';

export const ruleFaultEn: RuleFaultWords = {
  'empty-text': () => 'Must be filled in.',
  'limit-out-of-reach': (g) =>
    `${g('metric')} is plausible from ${g('min')} to ${g('max')}: this limit is never passed.`,
  'never-returns': (g) =>
    `The alarm would return at ${g('clearsAt')}, outside of what is plausible (${g('min')} to ${g('max')}): never.`,
  'change-out-of-reach': (g) =>
    `${g('metric')} is plausible from ${g('min')} to ${g('max')}: it cannot change by ${g('change')}.`,
  'area-not-one': () => 'Choose one: kecamatan, or an area that is drawn.',
  'area-empty': () => 'These corners enclose nothing.',
  'wrong-kind': (g) => `${g('id')} is not the right id: it must begin with ${g('kind')}:`,
  unknown: (g) => `The city knows no ${g('noun')} ${g('id')}.`,
  'suppresses-itself': () => 'A rule cannot suppress itself.',
  'suppress-each-other': (g) => `${g('id')} is suppressed by this rule already: both would be hidden.`,
  refused: () => 'This cannot be taken.',
  nouns: { line: 'line', feed: 'feed', kecamatan: 'kecamatan', agency: 'agency', rule: 'rule' },
};
