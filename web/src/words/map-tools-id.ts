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
};

export type MapToolsWords = typeof mapToolsId;
