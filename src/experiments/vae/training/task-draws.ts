import type { Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import { DataKeys } from '../../../compiler/random/words.js';
import type { TrainingSettings } from '../../../task/task.js';
import type { Program } from './programs.js';
import type { TaskKeys } from './random-streams/streams.js';

/** What the seeds of a task decide. */
export interface TaskDraws {
  /** A [r*, r*] of linear data, a* [r*, 1] of sigmoid data. */
  readonly dataParameters: readonly Tensor2D[];
  readonly keys: TaskKeys;
}

/** Draws the data's parameters with the first of the data keys; the rest of the keys follow. The caller disposes both. */
export function drawTask(
  { model, streams }: Pick<Program, 'model' | 'streams'>,
  settings: TrainingSettings,
): TaskDraws {
  const dataKeys = new DataKeys(settings.seed);
  const dataParameters = tf.tidy(() => model.dataset.parameters(dataKeys, settings));
  return { dataParameters, keys: streams.keysOf(settings, dataKeys) };
}
