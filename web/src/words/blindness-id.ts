// What the screens say of what the city cannot see, in Indonesian.

export const blindnessId = {
  title: 'Wilayah buta',
  show: 'Tampilkan wilayah buta',
  open: 'Tabel',
  openLong: 'Wilayah buta menurut kecamatan',
  keyNames: { layer: 'wilayah buta', panel: 'wilayah buta menurut kecamatan' },
  blindOf: (n: string, of: string) => `${n} dari ${of} simpang buta`,
  inDoubt: (n: string) => `${n} belum diketahui`,
  shareOf: (pct: string) => `${pct} % wilayah`,

  caption:
    'Yang tidak terlihat menurut kecamatan: simpang dan wilayah tanpa kamera atau sensor segar dalam jangkauan',
  columns: {
    district: 'Kecamatan',
    now: 'Simpang buta',
    withoutCamera: 'Tanpa kamera',
    area: 'Wilayah buta',
    minutes: 'Simpang-menit hari ini',
    worst: 'Terparah hari ini',
  },
  minuteUnit: 'mnt',
  of: (n: string, of: string) => `${n} / ${of}`,
  minutesOfAll: 'Menit buta semua simpangnya dijumlahkan',
  goToWorst: (district: string, junction: string) => `${district}: ke ${junction}`,
  noWorst: 'belum ada',

  junctions: 'Simpang yang buta',
  notYetKnown: 'belum diketahui',
  noneBlind: (junctions: string, cameras: string, sensors: string, time: string) =>
    `Tidak ada simpang buta: ${junctions} simpang diperiksa, ${cameras} kamera dan ${sensors} sensor segar, ${time}.`,
  seenBy: (cameras: string, sensors: string) => `${cameras} kamera dan ${sensors} sensor segar`,

  now: 'Wilayah buta.',
  minutesToday: 'Menit buta hari ini.',
  notLive: 'Keadaan tidak diketahui: gambar langsung belum datang.',
  counted: (since: string, minutes: string) => `Dihitung sejak ${since}: ${minutes} mnt`,
  uncounted: (minutes: string) => `${minutes} mnt tidak dihitung`,
  notCounted: 'Hari ini belum ada menit yang dihitung.',
  asking: 'Menit hari ini sedang dibaca.',
  pastMinutes: 'Menit hanya ada untuk hari ini; lapisan dan simpang menurut waktu yang ditampilkan.',
  reach: (camera: string, air: string, river: string, other: string) =>
    `Jangkauan perkiraan: kamera ${camera} dalam bidang pandangnya, udara dan cuaca ${air}, sungai ${river}, lainnya ${other}.`,
  saveCsv: 'Simpan wilayah buta sebagai CSV',
};

export type BlindnessWords = typeof blindnessId;
