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

  // Drawing.
  drawing: 'Menggambar',
  circle: 'Lingkaran',
  polygon: 'Poligon',
  measure: 'Ukur',
  circleSoFar: (radius: string, area: string) => `Lingkaran, jari-jari ${radius}, ${area}`,
  polygonSoFar: (corners: number, area: string | undefined) =>
    `Poligon, ${corners} sudut${area === undefined ? '' : `, ${area}`}`,
  measured: (length: string, legs: number) => `Jarak ${length}, ${legs} ruas`,
  smaller: 'Kecilkan jari-jari',
  larger: 'Besarkan jari-jari',
  pointHere: 'Titik di tengah',
  space: 'Spasi',
  lastAway: 'Hapus titik akhir',
  done: 'Selesai',
  cancel: 'Batal',
  clear: 'Hapus',

  // What lies in an area.
  inArea: 'Di dalam area',
  inCircle: (radius: string, area: string) => `Lingkaran ${radius} · ${area}`,
  inPolygon: (corners: number, area: string) => `Poligon ${corners} sudut · ${area}`,
  assetsIn: (n: string, fresh: string, stale: string, silent: string) =>
    `${n} aset: ${fresh} segar, ${stale} basi, ${silent} diam`,
  nothingIn: (of: string, time: string) =>
    `Tidak ada di dalam area ini, dari ${of} yang diketahui pada ${time}.`,
  camerasIn: (n: string) => `Kamera · ${n}`,
  noCameraIn: (of: string) => `Tidak ada kamera di sini, dari ${of} kamera kota.`,
  morePictures: 'Berikutnya',
  picturesOf: (from: string, to: string, of: string) => `${from}–${to} dari ${of}`,
  csv: 'CSV',
  saveCsv: 'Simpan sebagai CSV',
  removeArea: 'Hapus area',
};

export type MapToolsWords = typeof mapToolsId;
