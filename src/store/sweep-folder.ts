import path from 'node:path';
import type { Task } from '../task/task.js';
import { makeFolder, writeFileDurably } from './files.js';

/** The record of a sweep in the store, from which its tasks can be found again. */
export interface SweepManifest {
  readonly name: string;
  /** The path of the sweep file as the user gave it. */
  readonly file: string;
  /** The start time in ISO 8601. */
  readonly startedAt: string;
  readonly tasks: readonly Pick<Task, 'name' | 'id'>[];
}

/** Returns the absolute path of `<out>/sweeps/<name>`. */
export function sweepFolder(outDir: string, sweepName: string): string {
  return path.resolve(outDir, 'sweeps', sweepName);
}

/** Creates the store's folders. Returns the sweep's folder. */
export function prepareSweepFolder(outDir: string, sweepName: string): string {
  const folder = sweepFolder(outDir, sweepName);
  // Pass each level by itself: this makes levels durable that an earlier run created before it died.
  for (const level of [outDir, path.join(outDir, 'tasks'), path.dirname(folder), folder]) makeFolder(level);
  return folder;
}

/** Writes the sweep's manifest, `sweep.json`, into its folder. */
export function writeManifest(outDir: string, manifest: SweepManifest): void {
  const file = path.join(sweepFolder(outDir, manifest.name), 'sweep.json');
  const tasks = manifest.tasks.map(({ name, id }) => ({ name, id }));
  writeFileDurably(file, `${JSON.stringify({ ...manifest, tasks }, null, 2)}\n`);
}
