import path from 'node:path';
import { crc32 } from 'node:zlib';
import { evaluationSchema } from '../experiments/vae/log-schemas.js';
import { commitResults, removeUnfinished, TASK_FILES } from '../../src/store/task-folder.js';
import type { Task } from '../../src/task/task.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { cpuFeatures } from '../../src/compiler/native/cpu.js';
import { writeCheckpoint } from '../../src/store/checkpoint.js';
import type { EvaluationRow } from '../../src/forms/training/definition.js';
import type { TaskOutcome } from '../../src/task/outcome.js';
import { logsOf } from '../../src/experiments/vae/details.js';
import { archiveOf } from '../../src/experiments/vae/training/definition.js';
import { encodeState } from '../../src/forms/training/archive.js';
import { resume } from '../../src/forms/training/resume.js';
import { recordAttempt } from '../../src/forms/attempt-record.js';
import type { TrainingLogs } from '../../src/forms/training/training-logs.js';
import { stepMetrics } from '../../src/experiments/vae/metrics/step-metrics.js';
import { buildModel } from '../../src/experiments/vae/model/model.js';
import { sampleTask } from '../store/sample-task.js';
import { seededRandom } from './disk-model.js';
import type { Ledger } from './ledger.js';

/** Tasks with their steps and steps between checkpoints. The first task logs a whole record batch before its first checkpoint. */
const STEPS = [
  [5_010, 5_005],
  [12, 6],
  [8, 4],
] as const;

export const TASKS: readonly Task[] = STEPS.map(([steps, evaluateEverySteps], index) =>
  tinyTask(index + 1, steps, evaluateEverySteps),
);

/** Settings of the stand-in. It writes a checkpoint after each evaluation. */
export function tinyTask(seed: number, steps: number, evaluateEverySteps: number): TrainingTask {
  const dimensions = { intrinsicDim: 1, ambientDim: 2, latentDim: 1 };
  return sampleTask(seed, { ...dimensions, steps, evaluateEverySteps, evaluationPoints: 5 });
}

const STATE = { parameters: [8], firstMoment: [8], secondMoment: [8] };

export interface TrainingEvents {
  /** Returns whether to throw after this many steps, to simulate a failure of the thread. */
  failsAt(task: Task, step: number): boolean;
  isStopRequested(task: Task, step: number): boolean;
  readonly ledger: Ledger;
}

/** Simulates `src/forms/training/train.ts` with the same files. Its numbers are a pure function of task and step. */
export function trainStandIn(task: TrainingTask, folder: string, events: TrainingEvents): TaskOutcome {
  const { steps } = task.settings;
  const { ledger } = events;
  const request = { type: 'train', task, folder, predecessor: null, checkpointEveryMs: 0, slot: 0 } as const;
  const shared = new SharedArrayBuffer(0);
  const start = resume({ ...request, shared }, logsOf(task.settings), STATE, {});
  const { step: fromStep, logs, recovered } = start;
  let step = fromStep;
  const writeState = (): void => {
    const stateOf = (name: string) => numbers(`${task.id} ${name} ${step}`, 8);
    const state = new Map(Object.keys(STATE).map((name) => [name, stateOf(name)]));
    ledger.begin(task.name, 'progress', `interrupted ${step}`);
    writeCheckpoint(folder, task.id, { step, cpu: cpuFeatures(), state, ...logs.sync() });
    ledger.settle(task.name, 'progress', `interrupted ${step}`);
  };
  const record = (): void => {
    const date = new Date(0);
    recordAttempt(path.join(folder, TASK_FILES.run), {
      start: date,
      end: date,
      fromStep,
      toStep: step,
      elapsedMs: 0,
    });
  };
  try {
    if (start.state === null) logs.addEvaluation(evaluationRow(task, 0));
    while (step < steps) {
      if (events.isStopRequested(task, step)) {
        writeState();
        record();
        return { type: 'stopped', fromStep, recovered, step };
      }
      const count = Math.min(task.settings.evaluateEverySteps, steps - step);
      logs.steps.append(step + 1, numbers(`${task.id} steps ${step}`, count * stepMetrics.length));
      step += count;
      logs.addEvaluation(evaluationRow(task, step));
      if (step < steps) writeState();
      if (events.failsAt(task, step)) throw new Error('out of luck');
    }
    const results = resultsOf(task, logs);
    ledger.begin(task.name, 'done', true);
    commitResults(folder, task.id, results);
    ledger.settle(task.name, 'done', true);
    record();
    removeUnfinished(folder);
    return { type: 'done', fromStep, recovered, steps, elapsedMs: 1, summary: null };
  } finally {
    logs.close();
  }
}

function resultsOf(task: TrainingTask, logs: TrainingLogs): Record<string, Uint8Array> {
  const { ambientDim, evaluationPoints } = task.settings;
  const points = (name: string) => numbers(`${task.id} ${name}`, evaluationPoints);
  const final = ['trained', 'first', 'second'].map((name) => numbers(`${task.id} ${name}`, 100));
  const samples = ['generated', 'real'].flatMap((name) =>
    Array.from({ length: ambientDim }, (_, column) => points(`${name} ${column}`)),
  );
  const archive = archiveOf(buildModel(task.settings), []);
  return logs.results(encodeState(archive, final, null), null, samples);
}

function evaluationRow(task: TrainingTask, step: number): EvaluationRow {
  const values = numbers(`${task.id} evaluation ${step}`, 100);
  const columns = evaluationSchema(task).fields.map(({ name, type }, index) => {
    const value = values[index] ?? 0;
    return [
      name,
      String(type).startsWith('List') ? [value] : String(type) === 'Int32' ? index : value,
    ] as const;
  });
  return { ...Object.fromEntries(columns), step };
}

const known = new Map<string, Float32Array>();

/** Returns uniform numbers in [0, 1) that depend only on the name. */
function numbers(name: string, count: number): Float32Array {
  const values = known.get(name) ?? Float32Array.from({ length: count }, seededRandom(crc32(name)));
  known.set(name, values);
  return values;
}
