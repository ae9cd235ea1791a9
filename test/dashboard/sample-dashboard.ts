import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { EMPTY_STREAM, BatchStream } from '../../src/logs/batch-stream.js';
import type { ColumnValues } from '../../src/logs/encode.js';
import { stepSchema } from '../experiments/vae/log-schemas.js';
import { startDashboard, type Dashboard, type DashboardOptions } from '../../src/dashboard/server.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { begin, fail } from '../store/sample-store.js';
import { writeFinishedRun } from '../report/finished-run.js';
import { loadFrom, trainingSweep, type TrainingSweep } from '../sweep/sweep-folder.js';

export const STEPS = 150_000;
const EVALUATE_EVERY = 5_000;

/** A title that a malicious sweep file may have. */
export const HOSTILE_TITLE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

const SWEEP = `
name: sample
title: ${JSON.stringify(HOSTILE_TITLE)}
experiment: sphere
grid:
  dimensions: [[2, 6, 6], [4, 10, 10]]
  seed: [69, 24, 48, 7]
settings: { steps: ${STEPS} }
`;

export interface SampleDashboard {
  readonly sweep: TrainingSweep;
  readonly outDir: string;
  readonly start: (options?: Partial<DashboardOptions>) => Promise<Dashboard>;
}

/**
 * Creates a store with two full-length done tasks per setting, a failed and a corrupt task of the first setting, and a running and a
 * pending task of the second one.
 */
export function sampleDashboard(): SampleDashboard {
  const sweep = trainingSweep(loadFrom({ 'sample.yaml': SWEEP }, 'sample.yaml'));
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-'));
  const [, , third, fourth, , , seventh] = sweep.tasks;
  for (const task of [0, 1, 4, 5].flatMap((index) => sweep.tasks[index] ?? [])) finish(outDir, task);
  if (third) fail(outDir, third);
  if (fourth)
    writeFileSync(path.join(finish(outDir, fourth), TASK_FILES.evaluations), 'not what was written');
  if (seventh) grow(outDir, seventh).close();
  logLines(outDir, third?.name ?? '');
  return {
    sweep,
    outDir,
    start: (options = {}) =>
      startDashboard([{ sweep, reload: null }], {
        outDir,
        host: '127.0.0.1',
        port: 0,
        workers: 2,
        ...options,
      }),
  };
}

/** Creates a sample and its dashboard for all tests of a file. */
export class UsedDashboard {
  #sample: SampleDashboard | null = null;
  #dashboard: Dashboard | null = null;

  constructor() {
    before(async () => {
      this.#sample = sampleDashboard();
      this.#dashboard = await this.#sample.start();
    });
    after(() => this.#dashboard?.close());
  }

  get sample(): SampleDashboard {
    return this.#sample ?? tooEarly();
  }

  get url(): string {
    return this.#dashboard?.url ?? tooEarly();
  }

  taskId(index: number): string {
    return this.sample.sweep.tasks[index]?.id ?? '';
  }

  async get(route: string | URL, init?: RequestInit): Promise<Response> {
    return fetch(new URL(route, this.url), init);
  }

  async json<T>(route: string): Promise<T> {
    const response = await this.get(route);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as T;
  }
}

function tooEarly(): never {
  throw new Error('The sample exists only once the tests of the file have started.');
}

/** Returns the loss that is logged at a step: smooth, with one outlier that the chart must keep. */
export function lossAt(step: number, seed: number): number {
  return step === OUTLIER_STEP ? 1_000 : 100 / (1 + step / 1_000) + (seed % 10) + Math.sin(step);
}

export const OUTLIER_STEP = 77_777;

/** Writes the results of a task of full length. */
export function finish(outDir: string, task: TrainingTask): string {
  const { seed, latentDim } = task.settings;
  const evaluations = Array.from({ length: STEPS / EVALUATE_EVERY + 1 }, (_, index) => ({
    step: index * EVALUATE_EVERY,
    loss: lossAt(index * EVALUATE_EVERY, seed),
    kl: 4 - 1 / (index + 1),
    decoderVariance: 0.05 / (index + 1),
    manifoldError: 0.5 / (index + 1) + seed / 1_000,
    encoderVariance: Array.from({ length: latentDim }, (_, latent) => (latent < 3 ? 0.01 : 0.9) + seed / 1e4),
    encoderZeros: 3,
  }));
  const points = Array.from({ length: 50 }, (_, index) => [Math.cos(index), Math.sin(index)]);
  return writeFinishedRun(outDir, task, {
    evaluations,
    steps: stepColumns(1, STEPS, seed),
    generated: points,
  });
}

/** Creates a task that is being trained: `append` writes another 5,000 steps. */
export function grow(outDir: string, task: TrainingTask): { append: () => void; close: () => void } {
  const file = path.join(begin(outDir, task), TASK_FILES.stepsStream);
  const stream = new BatchStream(file, stepSchema(task), EMPTY_STREAM);
  let steps = 0;
  const append = (): void => {
    stream.append(stepColumns(steps + 1, steps + EVALUATE_EVERY, task.settings.seed));
    steps += EVALUATE_EVERY;
  };
  append();
  return {
    append,
    close: () => {
      stream.close();
    },
  };
}

function stepColumns(first: number, last: number, seed: number): ColumnValues[] {
  const steps = Int32Array.from({ length: last - first + 1 }, (_, row) => first + row);
  const column = (valueAt: (step: number) => number) =>
    Float32Array.from({ length: steps.length }, (_, row) => valueAt(first + row));
  return [
    steps,
    column((step) => lossAt(step, seed)),
    column((step) => lossAt(step, seed) - 4),
    column((step) => 4 + Math.cos(step) / 10),
    column(() => 1),
    column((step) => -3 - step / STEPS),
  ];
}

function logLines(outDir: string, task: string): void {
  const folder = path.join(outDir, 'sweeps', 'sample');
  mkdirSync(folder, { recursive: true });
  const write = (fields: object): void => {
    appendFileSync(path.join(folder, 'log.jsonl'), `${JSON.stringify({ time: 0, pid: 1, ...fields })}\n`);
  };
  write({ level: 30, task, slot: 0, fromStep: 0, msg: 'task started' });
  write({ level: 50, task, message: 'out of luck <b>really</b>', msg: 'task failed' });
}
