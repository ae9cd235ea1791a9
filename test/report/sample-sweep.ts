import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { loadFrom, trainingSweep, type TrainingSweep } from '../sweep/sweep-folder.js';
import { writeFinishedRun } from './finished-run.js';

/** Creates a sweep and a new store; `finish` writes a finished task with a single evaluation, its last. */
export function sampleSweep(text: string, files: Record<string, string> = {}) {
  const sweep = trainingSweep(loadFrom({ 'sample.yaml': text, ...files }, 'sample.yaml'));
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-report-'));
  return {
    sweep,
    outDir,
    finish: (task: TrainingTask, metrics: Readonly<Record<string, number | readonly number[]>>) =>
      writeFinishedRun(outDir, task, { evaluations: [{ step: task.settings.steps, ...metrics }] }),
    taskOf: (index: number) => taskOf(sweep, index),
  };
}

function taskOf({ tasks }: TrainingSweep, index: number): TrainingTask {
  const task = tasks[index];
  if (task === undefined) throw new Error(`The sweep has no task ${index}.`);
  return task;
}

/** Two columns of Table 4 with the printed threshold and another one, and two seeds. */
export const TABLE4 = `
title: 'Table 4'
experiment: sigmoid
table: table4
grid:
  dimensions: [[3, 7, 6], [7, 28, 24]]
  decoderVarianceThreshold: [e^-4, e^-2]
  seed: [69, 24]
settings: { decoderNoise: true }
`;
