// What the server finds wrong with a rule, in Indonesian, by its code.

export const ruleFaultId = {
  'empty-text': () => 'Wajib diisi.',
  'limit-out-of-reach': (g: Given) =>
    `${g('metric')} wajar antara ${g('min')} dan ${g('max')}: batas ini tidak pernah terlewati.`,
  'never-returns': (g: Given) =>
    `Alarm baru pulih pada ${g('clearsAt')}, di luar nilai wajar (${g('min')} sampai ${g('max')}): tidak pernah pulih.`,
  'change-out-of-reach': (g: Given) =>
    `${g('metric')} wajar antara ${g('min')} dan ${g('max')}: tidak dapat berubah sebesar ${g('change')}.`,
  'area-not-one': () => 'Pilih salah satu: kecamatan, atau wilayah yang digambar.',
  'area-empty': () => 'Sudut-sudut ini tidak melingkupi apa pun.',
  'wrong-kind': (g: Given) => `${g('id')} bukan ID yang tepat: harus berawalan ${g('kind')}:`,
  unknown: (g: Given) => `Kota tidak mengenal ${g('noun')} ${g('id')}.`,
  'suppresses-itself': () => 'Aturan tidak dapat menekan dirinya sendiri.',
  'suppress-each-other': (g: Given) => `${g('id')} sudah ditekan oleh aturan ini: keduanya akan tersembunyi.`,
  /** What no code was given for. */
  refused: () => 'Isian ini tidak dapat diterima.',
  nouns: { line: 'trayek', feed: 'umpan', kecamatan: 'kecamatan', agency: 'dinas', rule: 'aturan' } as Record<
    string,
    string
  >,
};

/** A value of the fault as it is spoken. */
export type Given = (name: string) => string;
export type RuleFaultWords = typeof ruleFaultId;
