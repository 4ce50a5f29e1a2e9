// What the screens say of how much they know, in Indonesian: doubt, and silence with out of how many and how old.

export const truthId = {
  unknownSince: (time: string) => `Keadaan tidak diketahui sejak ${time}.`,
  unknown: 'Keadaan tidak diketahui.',
  lastKnownBelow: 'Yang tampak adalah yang terakhir diketahui.',

  // What is not known, before the sentence above.
  counts: 'Jumlah aset.',
  air: 'Indeks udara.',
  events: 'Kejadian.',
  earlierEvents: 'Kejadian sebelum layar ini dibuka.',
  near: 'Sekitar aset.',
  chart: 'Grafik.',
  values: 'Nilai aset.',
  departures: 'Keberangkatan.',
  transit: 'Jalur dan halte.',
  warnings: 'Peringatan.',

  storingDown: (time: string) => `Yang datang belum tersimpan sejak ${time}.`,
  storingDownDetail: 'Peta tetap langsung; kabar ditahan di jurnal sampai basis data menerimanya.',
  computerAhead: (age: string) => `Jam komputer ini ${age} terlalu maju`,
  computerBehind: (age: string) => `Jam komputer ini ${age} terlambat`,
  serverClockUsed: 'layar memakai jam peladen',
  slept: (age: string) => `Layar ini tertidur ${age}`,
  sleptDetail: (from: string) => `tidak melihat apa pun sejak ${from}; semua dimuat ulang`,

  changesUnknown: 'perubahan tidak diketahui',
  feedsHeard: (fresh: string, of: string, age: string) => `${fresh} dari ${of} umpan segar, ${age}`,
  feedsSilent: (fresh: string, of: string, names: string) =>
    `${fresh} dari ${of} umpan segar, diam: ${names}`,
  feedsNone: (of: string) => `belum ada kabar dari ${of} umpan`,
  feedsUnknown: (time: string) => `umpan tidak diketahui sejak ${time}`,
  andMore: (n: string) => `${n} lagi`,

  noWarnings: (heard: string, of: string, age: string) =>
    `Tidak ada peringatan yang berlaku: ${heard} dari ${of} sumber menjawab, terakhir ${age} lalu.`,
  noWarningsUnheard: (of: string) =>
    `Tidak ada peringatan yang diketahui, tetapi tak satu pun dari ${of} sumber menjawab.`,
  noWarningsThen: (time: string) => `Tidak ada peringatan tercatat pada ${time}.`,
  warningSourcesUnknown: 'Tidak ada peringatan yang diketahui; keadaan sumbernya tidak diketahui.',
  stationsRead: (read: string, of: string) => `Membaca stasiun: ${read} dari ${of}`,
  stationsOf: (known: string, of: string, age: string) =>
    `${known} dari ${of} stasiun berindeks, dibaca ${age} lalu`,
  indexAt: (index: string, time: string) => `${index} pada ${time}`,
  nothingConnected: 'Belum ada aset yang terdengar.',
  connectSource: 'Sambungkan sumber',
  noStations: (sensors: string, age: string) =>
    `Tidak ada stasiun PM2.5: ${sensors} sensor diperiksa, terbaru ${age}.`,
  nobodyNear: (assets: string, age: string) =>
    `Tidak ada aset lain: ${assets} aset diperiksa, terbaru ${age}.`,
  noHistory: (hours: string, age: string) =>
    `Tidak ada bacaan tersimpan dalam ${hours}, diperiksa ${age} lalu.`,
  countedOf: (n: string, age: string) => `${n} aset, terbaru ${age}`,
};

export type TruthWords = typeof truthId;
