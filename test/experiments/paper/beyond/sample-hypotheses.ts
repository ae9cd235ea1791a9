import { examineHypotheses, type Examined } from '../../../../src/experiments/paper/beyond/examine.js';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { readTraining } from '../../../report/read-training.js';
import { sampleSweep } from '../../../report/sample-sweep.js';

type Metrics = Readonly<Record<string, number>>;

export const COLLAPSED: Metrics = { kl: 0.01, encoderSmall: 0, manifoldError: 0.13 };
export const USED: Metrics = { kl: 9, encoderSmall: 7, manifoldError: 0.01 };

/** Examines the hypothesis of a sweep whose tasks ended with the metrics that a function returns; null stands for a missing task. */
export function examined(
  text: string,
  metricsOf: (settings: TrainingSettings) => Metrics | null,
): Examined[] {
  const sample = sampleSweep(text);
  for (const task of sample.sweep.tasks) {
    const metrics = metricsOf(task.settings);
    if (metrics !== null) sample.finish(task, metrics);
  }
  return examineHypotheses(readTraining(sample.sweep, sample.outDir));
}
