import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { experimentOf } from './registry.js';
import type { Settings, Task, Versions } from './task.js';

/**
 * The task with these settings. Its id is the start of the SHA-256 of the canonical JSON (keys sorted) of the settings and of the
 * versions that decide the bits, so neither a path, a clock nor the machine is part of it.
 *
 * @param installed may hold versions that this task does not depend on
 */
export function identify<Own extends Settings>(settings: Own, installed: Versions): Task<Own> {
  const experiment = experimentOf(settings);
  const versions = experiment.versions(settings, installed);
  const decisive: object = { settings, versions };
  const id = hash('sha256', stringify(decisive)).slice(0, 16);
  return { id, name: `${experiment.folderName(settings)}-${id}`, settings, versions };
}

/**
 * What decides a task's numbers up to its last step: a task of more steps continues from one of fewer with the same. Null for a task
 * that continues from none.
 */
export function trajectoryOf({ settings, versions }: Pick<Task, 'settings' | 'versions'>): string | null {
  const { continuation } = experimentOf(settings);
  if (continuation === null) return null;
  const decisive: object = { settings: { ...settings, [continuation]: null }, versions };
  return stringify(decisive);
}
