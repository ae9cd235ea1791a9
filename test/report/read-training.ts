import assert from 'node:assert/strict';
import { details } from '../../src/experiments/vae/details.js';
import { isTrainingPart, type TrainingRuns } from '../../src/experiments/vae/runs.js';
import { readRun, toParts } from '../../src/report/runs.js';
import type { Sweep } from '../../src/sweep/load.js';

/** Like `readRuns`, for sweeps that consist of training tasks only. */
export function readTraining(sweep: Sweep, outDir: string): TrainingRuns[] {
  const read = sweep.tasks.map((task) => [task.id, readRun(task, outDir, details)] as const);
  const parts = toParts(sweep, new Map(read), () => details);
  assert.ok(parts.every(isTrainingPart));
  return parts;
}
