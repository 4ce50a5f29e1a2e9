// Before any suite: the bundles that worker threads and child processes run, and the database that tests copy.
import { buildStale } from '../build.js';
import { makeTemplate } from './database.ts';

export async function setup(): Promise<void> {
  await buildStale(['server']);
  await makeTemplate();
}
