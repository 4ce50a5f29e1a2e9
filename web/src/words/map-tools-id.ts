// What the tools of the map say in Indonesian: lists, finder, areas, trails, views, districts.

export const mapToolsId = {
  // The list of everything.
  everything: 'Semua di peta',
  kinds: {
    warning: 'Peringatan',
    service: 'Kendaraan dinas',
    angkot: 'Angkot',
    sensor: 'Sensor',
    camera: 'Kamera',
    stop: 'Halte',
    facility: 'Fasilitas',
  },
  kindOne: {
    warning: 'Peringatan',
    service: 'Kendaraan',
    angkot: 'Angkot',
    sensor: 'Sensor',
    camera: 'Kamera',
    stop: 'Halte',
    facility: 'Fasilitas',
  },
  all: 'Semua',
  searchThings: 'Cari nama, id, jalur',
  rowsOf: (n: string, of: string) => `${n} dari ${of}`,
  noneFits: (of: string) => `Tidak ada yang cocok di antara ${of} yang diketahui.`,
  notLive: 'Keadaan tidak diketahui: gambar langsung belum datang.',
  byTimetable: 'menurut jadwal',
  byCityFile: 'menurut berkas kota',
  lines: (list: string) => `jalur ${list}`,

  // The finder.
  finder: 'cari apa saja',
  finderHint: 'Cari tempat, aset, perintah',
  finderLong: 'Cari tempat, jalan, aset, halte, jalur, perintah',
  finderStart: 'Ketik nama, jalan, kecamatan, nomor jalur, atau perintah.',
  finderNone: (things: string) => `Tidak ada yang cocok di antara ${things} nama yang diketahui.`,
  finderUnknown: 'Aset belum diketahui: gambar langsung belum datang.',
  found: (n: string) => `${n} ditemukan`,
  command: 'Perintah',
  district: 'Kecamatan',
  subdistrictOf: (district: string) => `Kelurahan · ${district}`,
  street: 'Jalan',
  junction: 'Simpang',
  lineOne: 'Jalur',
  openCluster: 'buka gugus terdekat',
};

export type MapToolsWords = typeof mapToolsId;
