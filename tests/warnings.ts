// Warnings for tests: whole ones, of which a test says only what it is about.
import type { Warning } from '../model/warning.ts';
import type { WarningRow } from '../store/warnings.ts';

export const newWarning = (given: Partial<Warning> = {}): Warning => ({
  id: 'bmkg@example.id,1',
  kind: 'hazard',
  action: 'alert',
  references: [],
  sender: 'BMKG',
  event: 'Hujan Lebat',
  severity: 'moderate',
  sentAt: '2026-11-24T05:00:00.000Z',
  onsetAt: null,
  expiresAt: null,
  texts: [
    {
      language: 'id',
      headline: 'Hujan lebat di Siantar',
      description: 'Waspada banjir.',
      instruction: 'Berteduh.',
    },
  ],
  areas: [],
  routeIds: [],
  stopIds: [],
  exercise: false,
  ...given,
});

export const newWarningRow = (given: Partial<Warning> = {}, row: Partial<WarningRow> = {}): WarningRow => ({
  sourceId: 'bmkg-cap',
  receivedAt: Date.parse('2026-11-24T05:00:10Z'),
  simulated: false,
  warning: newWarning(given),
  ...row,
});
