import path from 'node:path';
import type { Task } from '../task/task.js';
import { makeFolder, writeFileDurably } from './files.js';

/** What a sweep asked for: enough to find its tasks in the store again. */
export interface SweepManifest {
  readonly name: string;
  /** The sweep file's path as it was given. */
  readonly file: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tasks: readonly Pick<Task, 'name' | 'id'>[];
}

/** `<out>/sweeps/<name>`, absolute. */
export function sweepFolder(outDir: string, sweepName: string): string {
  return path.resolve(outDir, 'sweeps', sweepName);
}

/** Makes the store's folders and writes the sweep's manifest, `sweep.json`. Returns the sweep's folder. */
export function prepareSweepFolder(outDir: string, manifest: SweepManifest): string {
  const folder = sweepFolder(outDir, manifest.name);
  // Each by its name: a level that an earlier run made and died over is made durable only so.
  for (const level of [outDir, path.join(outDir, 'tasks'), path.dirname(folder), folder]) makeFolder(level);
  const tasks = manifest.tasks.map(({ name, id }) => ({ name, id }));
  writeFileDurably(path.join(folder, 'sweep.json'), `${JSON.stringify({ ...manifest, tasks }, null, 2)}\n`);
  return folder;
}
