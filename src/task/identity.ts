import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { decisivePlugins } from './user-modules.js';
import { experimentOf } from '../experiments/registry.js';
import { THEORY_VERSION } from '../experiments/numerics-version.js';
import type { Settings, Task, TaskOf, TaskVersions, TrainingSettings, TrainingTask } from './task.js';

/**
 * The task with these settings. Its id is the start of the SHA-256 of the canonical JSON (keys sorted) of the settings and of the
 * versions that decide the bits, so neither a path, a clock nor the machine is part of it.
 *
 * @param versions of what trains; a computation does not depend on them
 */
export function identify(settings: TrainingSettings, versions: TaskVersions): TrainingTask;
export function identify(settings: Settings, versions: TaskVersions): Task;
export function identify(settings: Settings, versions: TaskVersions): Task {
  if (settings.kind !== 'train') return withId(settings, { theory: THEORY_VERSION });
  const { tensorflow, numerics } = versions;
  const plugins = decisivePlugins(settings.experiment);
  const withPlugins = Object.keys(plugins).length > 0 && { plugins };
  return withId<TrainingSettings, TaskVersions>(settings, { tensorflow, numerics, ...withPlugins });
}

function withId<Own extends Settings, Versions>(settings: Own, versions: Versions): TaskOf<Own, Versions> {
  const decisive: object = { settings, versions };
  const id = hash('sha256', stringify(decisive)).slice(0, 16);
  return { id, name: `${experimentOf(settings).folderName(settings)}-${id}`, settings, versions };
}

/** What decides a training run's numbers up to its last step: a run of more steps goes on where one of fewer has ended. */
export function courseOf({
  settings,
  versions,
}: {
  readonly settings: object;
  readonly versions: object;
}): string {
  const decisive: object = { settings: { ...settings, steps: null }, versions };
  return stringify(decisive);
}
