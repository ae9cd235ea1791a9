import type { Settings, Task } from '../../../task/task.js';
import type { TrainingFields } from './training-settings.js';

/** All settings that determine the results of a task that trains, with defaults filled in. `training-settings.ts` declares them. */
export interface TrainingSettings extends TrainingFields {
  readonly kind: 'train';
  /** Name of the data, which the paper or a plugin defines. */
  readonly experiment: string;
}

export type TrainingTask = Task<TrainingSettings>;

export function isTraining<T extends { readonly settings: Settings }>(
  task: T,
): task is T & { readonly settings: TrainingSettings } {
  return task.settings.kind === 'train';
}
