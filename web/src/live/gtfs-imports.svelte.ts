// Imports of timetables as an admin sees them: one sent up, watched while it runs, and those before it.
import type { GtfsImport } from '../../../model/transit.ts';

const lookEveryMs = 400;
const lookWhileOtherwiseMs = 5_000;

export type Upload =
  { kind: 'sending'; sent: number; total: number } | { kind: 'refused'; status: number; detail: string };

export class GtfsImports {
  /** Newest first. */
  list = $state.raw<readonly GtfsImport[]>([]);
  upload = $state.raw<Upload | undefined>();
  /** They cannot be read now: nothing is known of whether one runs. */
  failed = $state(false);
  running = $derived(this.list.find(({ state }) => state === 'running'));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: XMLHttpRequest | undefined;
  #ended = false;

  constructor() {
    void this.#look();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  /** Sends a file up. By XMLHttpRequest, for fetch says nothing of how much was sent. */
  send(file: File): void {
    const request = new XMLHttpRequest();
    this.#request = request;
    this.upload = { kind: 'sending', sent: 0, total: file.size };
    request.upload.onprogress = ({ loaded }) =>
      (this.upload = { kind: 'sending', sent: loaded, total: file.size });
    request.onload = () => {
      this.upload =
        request.status === 202
          ? undefined
          : { kind: 'refused', status: request.status, detail: detailOf(request) };
      void this.#look();
    };
    request.onerror = () => (this.upload = { kind: 'refused', status: 0, detail: '' });
    request.onabort = () => (this.upload = undefined);
    request.open('POST', `/api/imports/gtfs?name=${encodeURIComponent(file.name.slice(-200))}`);
    request.setRequestHeader('content-type', 'application/zip');
    request.send(file);
  }

  /** Stops what is sent, or what runs. */
  async stop(): Promise<void> {
    if (this.upload?.kind === 'sending') return this.#request?.abort();
    const { running } = this;
    if (running) await fetch(`/api/imports/${running.id}`, { method: 'DELETE' }).catch(() => undefined);
    await this.#look();
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const response = await fetch('/api/imports?limit=10', { signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(String(response.status));
      this.list = (await response.json()) as GtfsImport[];
      this.failed = false;
    } catch {
      this.failed = true;
    }
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), this.running ? lookEveryMs : lookWhileOtherwiseMs);
  }
}

function detailOf(request: XMLHttpRequest): string {
  try {
    return (JSON.parse(request.responseText) as { detail?: string }).detail ?? '';
  } catch {
    return '';
  }
}
