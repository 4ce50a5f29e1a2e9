// What a decoder of a device model is: the bytes of one uplink in, named values out. A city adds its own as a file.

/** One value by the device's own name and in the unit given. */
export interface Measured {
  name: string;
  value: number;
  /** As model/units.ts writes it; absent: the unit of the registry. */
  unit?: string | undefined;
}

export interface Decoded {
  measured: Measured[];
  lat?: number | undefined;
  lon?: number | undefined;
}

/** What is known of a device beside its bytes. */
export interface Device {
  /** As the network has it (`decentlab`), else as the device's EUI tells. */
  brand?: string;
  /** As the network has it (`dl-pr26`), else the ids that people gave to the device and its application. */
  model?: string;
  fPort: number | undefined;
}

/** A plug-in file exports one of these as `default`. */
export interface Decoder {
  /** Unique: `decentlab`, `milesight-em500-udl`. */
  id: string;
  /** Whether it reads this device's bytes: by the model that the network names, or by their form. */
  matches(device: Device & { bytes: Uint8Array }): boolean;
  /** Undefined when the bytes are not of its form: the next decoder is asked. Must not throw. */
  decode(bytes: Uint8Array, fPort: number | undefined, device: Device): Decoded | undefined;
}
