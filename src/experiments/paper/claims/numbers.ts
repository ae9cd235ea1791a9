import { finalNumber, series } from '../../../report/runs.js';
import type { TrainingRun } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { Finding } from './task-claim.js';

export function isClipped({ decoderLogVarianceThreshold }: TrainingSettings): boolean {
  return decoderLogVarianceThreshold !== null;
}

export function isClippedAtMinus4({ decoderLogVarianceThreshold }: TrainingSettings): boolean {
  return decoderLogVarianceThreshold === -4;
}

/** Whether the task is one of the example of Figures 1a, 4a and 8, column 2 of Tables 3 and 5. */
export function isSphereExample(settings: TrainingSettings): boolean {
  return settings.experiment === 'sphere' && hasDimensions(settings, [2, 16, 8]);
}

/** Whether the task is one of the example of Figures 1b, 4b and 7, column 6 of Tables 2 and 4. */
export function isSigmoidExample(settings: TrainingSettings): boolean {
  return settings.experiment === 'sigmoid' && hasDimensions(settings, [7, 28, 24]);
}

function hasDimensions(
  { intrinsicDim, ambientDim, latentDim }: TrainingSettings,
  dimensions: readonly number[],
): boolean {
  return dimensions.join() === [intrinsicDim, ambientDim, latentDim].join();
}

/** Returns a number of the last evaluation; NaN, which agrees with no claim, if it is not defined. */
export function numberAt(run: TrainingRun, metric: string): number {
  return finalNumber(run, metric) ?? NaN;
}

/** Returns a list of the last evaluation; an empty one if it is not defined. */
export function listAt({ summary }: TrainingRun, metric: string): readonly number[] {
  const value = summary.get(metric);
  return Array.isArray(value) ? (value as readonly number[]) : [];
}

/** Returns the mean loss of each quarter of training, in nats; null if a quarter has no evaluation. */
export function quarterLossesNats(run: TrainingRun): number[] | null {
  const { steps } = run.task.settings;
  const losses = series(run, 'loss');
  const means = [0, 1, 2, 3].map((quarter) => {
    const part = losses.filter(({ step }) => 4 * step > quarter * steps && 4 * step <= (quarter + 1) * steps);
    return part.reduce((sum, { value }) => sum + value, 0) / part.length;
  });
  return means.some(Number.isNaN) ? null : means;
}

export function below(value: number, threshold: number): Finding {
  return { holds: value < threshold, value };
}

export function above(value: number, threshold: number): Finding {
  return { holds: value > threshold, value };
}

export function exactly(value: number, expected: number): Finding {
  return { holds: value === expected, value };
}
