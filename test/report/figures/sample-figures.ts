import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTraining } from '../read-training.js';
import { type TrainingRuns } from '../../../src/experiments/vae/runs.js';
import type { LogValue } from '../../../src/logs/read.js';
import { reports } from '../../../src/experiments/reports.js';
import { makeFigures, type FigureOptions } from '../../../src/report/figures/make.js';
import type { Figure } from '../../../src/report/figures/figure.js';
import type { Sweep } from '../../../src/sweep/load.js';
import { isTraining, type TrainingSettings } from '../../../src/experiments/vae/settings/task.js';
import { writeFinishedRun, type FinishedRun } from '../finished-run.js';

/** Columns 1 and 2 of Table 3, two seeds. */
export const SPHERE = `
experiment: sphere
table: table3
grid: { dimensions: [[2, 6, 6], [2, 16, 8]], seed: [69, 24] }
settings: { steps: 10000 }
`;

/** Column 6 of Table 2 and of Table 4, one seed. */
export const SIGMOID = `
experiment: sigmoid
table: table2
grid: { dimensions: [[7, 28, 24]], seed: [69] }
settings: { steps: 10000 }
`;
export const SIGMOID_CLIPPED = `
experiment: sigmoid
table: table4
grid: { dimensions: [[7, 28, 24]], decoderVarianceThreshold: [e^-4, e^-2], seed: [69] }
settings: { steps: 10000 }
`;

/** Writes the tasks for which `of` returns logs to a new store, and reads the results of the sweep. */
export function finished(
  sweep: Sweep,
  of: (settings: TrainingSettings) => FinishedRun | null,
): TrainingRuns[] {
  const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-figures-'));
  for (const task of sweep.tasks.filter(isTraining)) {
    const run = of(task.settings);
    if (run !== null) writeFinishedRun(out, task, run);
  }
  return readTraining(sweep, out);
}

/** Returns logs in which the variance falls by a decade every 5,000 steps, with numbers that depend on seed and dimensions. */
export function sampleRun({
  seed,
  ambientDim,
  decoderLogVarianceThreshold,
  intrinsicDim,
}: TrainingSettings): FinishedRun {
  const offset = (seed === 69 ? 0 : 0.05) + ambientDim / 100;
  const evaluation = (step: number): Record<string, LogValue> => ({
    step,
    loss: (step === 0 ? 500 : 10 - step / 500) + 10 * offset,
    decoderVariance: 10 ** (-1 - step / 5000),
    manifoldError: offset + 1 / (1 + step / 1000),
    manifoldErrorPairwise: 2 * offset,
    encoderZeros: intrinsicDim + (decoderLogVarianceThreshold ?? 0),
    encoderSmall: intrinsicDim + 1,
  });
  return {
    evaluations: [0, 2000, 4000, 6000, 8000, 10_000].map(evaluation),
    generated: [0.8, 0.9, 0.95, 0.96, 1.02].map((x, index) => [x, 0, 0, index, 0, 0, 0, 0.25 * index]),
    real: [-1, 0, 1, 2, 3].map((x) => [x, 0, 0, 0, 0, 0, 0, x > 0 ? 1 : 0.5]),
    direction: [1, 0, 0, 0, 0, 0, 0.5],
  };
}

export function figureOf(parts: readonly TrainingRuns[], name: string, options: FigureOptions = {}): Figure {
  const figure = makeFigures(parts, reports, options).figures.find((figure) => figure.name === name);
  assert.ok(figure !== undefined, `figure ${name} was not drawn`);
  return figure;
}
