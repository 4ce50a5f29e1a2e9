// Before any suite: the bundles that worker threads and child processes run, built when they are stale.
import { buildStale } from '../build.js';

export async function setup(): Promise<void> {
  await buildStale(['server']);
}
