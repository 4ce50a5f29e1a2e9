// The saved views of whoever is signed in: read once, changed here and at the server, deleted with a way back.
import type { SavedView, ViewLook } from '../../../model/saved-view.ts';
import { ask, type Answer } from './ask.ts';
import { clock } from './clock.svelte.ts';

/** What went wrong, for the panel to say. */
export type ViewFault = 'unreachable' | 'stale' | 'full' | 'refused';

export class Views {
  /** Undefined until they are known. */
  list = $state.raw<readonly SavedView[] | undefined>();
  failedAt = $state<number | undefined>();
  fault = $state<ViewFault | undefined>();
  /** The one deleted last, until something else is done. */
  deleted = $state.raw<SavedView | undefined>();
  busy = $state(false);

  async read(): Promise<void> {
    const answer = await ask<{ views: SavedView[] }>('GET', '/api/views');
    if (answer.ok) {
      this.list = answer.value.views;
      this.failedAt = undefined;
    } else this.failedAt ??= clock.read();
  }

  async save(name: string, look: ViewLook, slot?: number): Promise<boolean> {
    const body = { name, look, ...(slot === undefined ? {} : { slot }) };
    return this.#change(() => ask<SavedView>('POST', '/api/views', { body }));
  }

  async rename({ id, version }: SavedView, name: string): Promise<boolean> {
    return this.#change(() => ask<SavedView>('PATCH', `/api/views/${id}`, { body: { version, name } }));
  }

  async overwrite({ id, version }: SavedView, look: ViewLook): Promise<boolean> {
    return this.#change(() => ask<SavedView>('PATCH', `/api/views/${id}`, { body: { version, look } }));
  }

  async remove(view: SavedView): Promise<void> {
    const path = `/api/views/${view.id}?version=${view.version}`;
    if (await this.#change(() => ask<SavedView>('DELETE', path))) this.deleted = view;
  }

  async undo(): Promise<void> {
    const view = this.deleted;
    if (view) await this.save(view.name, view.look, view.slot);
  }

  async #change(act: () => Promise<Answer<SavedView>>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const answer = await act();
    this.busy = false;
    this.fault = answer.ok ? undefined : faultOf(answer);
    if (answer.ok) this.deleted = undefined;
    await this.read();
    return answer.ok;
  }
}

function faultOf({ status, problem }: Extract<Answer<unknown>, { ok: false }>): ViewFault {
  if (status === 0) return 'unreachable';
  if (status === 404) return 'stale';
  if (status === 409) return problem.field === 'slot' ? 'full' : 'stale';
  return 'refused';
}
