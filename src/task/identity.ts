import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { experimentOf } from './registry.js';
import type { Settings, Task, Versions } from './task.js';

/**
 * Returns the task with these settings. Its id is a prefix of the SHA-256 of the canonical JSON (sorted keys) of the settings and of the
 * versions that influence the results. It does not depend on paths, clocks or the machine.
 *
 * @param installed all installed versions; those that the task does not depend on are ignored
 */
export function identify<Own extends Settings>(settings: Own, installed: Versions): Task<Own> {
  const experiment = experimentOf(settings);
  const versions = experiment.versions(settings, installed);
  const decisive: object = { settings, versions };
  const id = hash('sha256', stringify(decisive)).slice(0, 16);
  return { id, name: `${experiment.folderName(settings)}-${id}`, settings, versions };
}

/**
 * Returns a key that is equal for tasks with identical trajectories except for their number of steps: a longer task continues from a
 * shorter one with the same key. Returns null if the task can't have a predecessor.
 */
export function trajectoryKey({ settings, versions }: Pick<Task, 'settings' | 'versions'>): string | null {
  const experiment = experimentOf(settings);
  const { continuation } = experiment;
  if (continuation === null || experiment.isContinuable?.(settings) === false) return null;
  const decisive: object = { settings: { ...settings, [continuation]: null }, versions };
  return stringify(decisive);
}
