import { readTraining } from '../../../report/read-training.js';
import type { Verdict } from '../../../../src/experiments/paper/claims/claim.js';
import { judgeClaims } from '../../../../src/experiments/paper/claims/claims.js';
import type { LogValue } from '../../../../src/logs/read.js';
import { writeFinishedRun, type FinishedRun } from '../../../report/finished-run.js';
import { sampleSweep } from '../../../report/sample-sweep.js';

export type Metrics = Readonly<Record<string, LogValue>>;

export const sweepOf = (
  experiment: string,
  table: string,
  settings = '',
  dimensions = '[3, 8, 6]',
  seeds = '[1, 2]',
) =>
  `experiment: ${experiment}\ntable: ${table}\ngrid: { seed: ${seeds} }\nsettings: { dimensions: ${dimensions}${settings} }\n`;

export const LINEAR = sweepOf('linear', 'table1');
export const SIGMOID = sweepOf('sigmoid', 'table2');
export const SPHERE = sweepOf('sphere', 'table3');
export const CLIPPED_SIGMOID = sweepOf('sigmoid', 'table4', ', decoderVarianceThreshold: e^-4');
export const CLIPPED_SPHERE = sweepOf('sphere', 'table5', ', decoderVarianceThreshold: e^-4');
export const CLIPPED_SPHERE_EXAMPLE = sweepOf(
  'sphere',
  'table5',
  ', decoderVarianceThreshold: e^-4',
  '[2, 16, 8]',
);
export const SPHERE_EXAMPLE = sweepOf('sphere', 'table3', '', '[2, 16, 8]');
export const SIGMOID_EXAMPLE = sweepOf('sigmoid', 'table2', '', '[7, 28, 24]');

/** Judges a claim by tasks that ended with these metrics; null stands for a missing task. */
export function verdict(claim: string, text: string, runs: readonly (Metrics | null)[]): Verdict | undefined {
  return judged(
    claim,
    text,
    runs.map((metrics) => metrics && { evaluations: [metrics] }),
  );
}

/** Judges a claim by tasks with these logs; null stands for a missing task. An evaluation without a step is the last one. */
export function judged(
  claim: string,
  text: string,
  runs: readonly (FinishedRun | null)[],
  files: Record<string, string> = {},
): Verdict | undefined {
  const sample = sampleSweep(text, files);
  for (const [index, run] of runs.entries()) {
    if (run === null) continue;
    const task = sample.taskOf(index);
    const evaluations = run.evaluations.map((row) => ({ step: task.settings.steps, ...row }));
    writeFinishedRun(sample.outDir, task, { ...run, evaluations });
  }
  return judgeClaims(readTraining(sample.sweep, sample.outDir)).find((one) => one.claim.name === claim);
}
