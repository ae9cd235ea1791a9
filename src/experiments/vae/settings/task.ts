import type { Settings, Task } from '../../../task/task.js';
import type { TrainingFields } from './training-settings.js';

/** Everything that decides the numbers of a task that trains, with defaults filled in. `training-settings.ts` declares each. */
export interface TrainingSettings extends TrainingFields {
  readonly kind: 'train';
  /** Kind of the data: of the paper, or of a plugin. */
  readonly experiment: string;
}

export type TrainingTask = Task<TrainingSettings>;

export function isTraining<T extends { readonly settings: Settings }>(
  task: T,
): task is T & { readonly settings: TrainingSettings } {
  return task.settings.kind === 'train';
}
