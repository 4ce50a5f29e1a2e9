// Who may say what at the embedded broker: devices with a user name of their own, as the store knows them.
import { matchesFilter } from '../model/topics.ts';
import { verifyDevicePassword } from '../store/device-passwords.ts';
import type { MosquittoDevice } from '../store/mosquitto-files.ts';

export interface DeviceRights {
  username: string;
  mayPublish(topic: string): boolean;
  /** Whether it may hear everything that a filter could match. */
  maySubscribe(filter: string): boolean;
}

export class Devices {
  #devices = new Map<string, MosquittoDevice>();
  readonly #listeners = new Set<(username: string) => void>();

  /** Called with each device that was revoked or got other rights. */
  onChange(listener: (username: string) => void): void {
    this.#listeners.add(listener);
  }

  set(devices: readonly MosquittoDevice[]): void {
    const before = this.#devices;
    this.#devices = new Map(devices.map((device) => [device.username, device]));
    for (const [username, device] of before) {
      if (JSON.stringify(this.#devices.get(username)) === JSON.stringify(device)) continue;
      for (const listener of this.#listeners) listener(username);
    }
  }

  /** Undefined for a name or a password that is not known. */
  async authenticate(username: string, password: string): Promise<DeviceRights | undefined> {
    const device = this.#devices.get(username);
    if (device === undefined || !(await verifyDevicePassword(device.passwordHash, password)))
      return undefined;
    // Revoked while the password was checked.
    if (this.#devices.get(username) !== device) return undefined;
    return {
      username,
      mayPublish: (topic) => device.publish.some((filter) => matchesFilter(filter, topic)),
      maySubscribe: (filter) =>
        device.subscribe.some(
          (allowed) => allowed === filter || (!/[+#]/.test(filter) && matchesFilter(allowed, filter)),
        ),
    };
  }
}
