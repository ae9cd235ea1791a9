import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import '../../src/experiments/index.js';
import { loadSweep, type Sweep, type SweepOptions, type SweepPart } from '../../src/sweep/load.js';
import { isTraining, type TrainingTask } from '../../src/experiments/vae/settings/task.js';

export const VERSIONS = { tensorflow: '2.21.0', numerics: 1, theory: 1 };

/** Creates a folder with these sweep files. */
export function sweepFolderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-files-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** A sweep with training tasks only. */
export interface TrainingSweep extends Sweep {
  readonly tasks: readonly TrainingTask[];
  readonly parts: readonly (Omit<SweepPart, 'tasks'> & { readonly tasks: readonly TrainingTask[] })[];
}

export function trainingSweep(sweep: Sweep): TrainingSweep {
  const { tasks } = sweep;
  assert.ok(tasks.every(isTraining));
  const parts = sweep.parts.map((part) => ({ ...part, tasks: part.tasks.filter(isTraining) }));
  return { ...sweep, tasks, parts };
}

/** Loads a text as `sweep.yaml`. Error messages contain this name instead of the full path. */
export function load(text: string, options: Omit<SweepOptions, 'versions'> = {}): TrainingSweep {
  return trainingSweep(loadFrom({ 'sweep.yaml': text }, 'sweep.yaml', options));
}

/** Loads one of these files. Error messages contain paths relative to their folder. */
export function loadFrom(
  files: Record<string, string>,
  name: string,
  options: Omit<SweepOptions, 'versions'> = {},
): Sweep {
  const folder = sweepFolderWith(files);
  try {
    return loadSweep(path.join(folder, name), { ...options, versions: VERSIONS });
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(`${folder}${path.sep}`, '');
    throw error;
  }
}

/** Returns the tasks' names without their ids. */
export function cellsOf({ tasks }: Pick<Sweep, 'tasks'>): string[] {
  return tasks.map(({ name, id }) => name.replace(`-${id}`, ''));
}
