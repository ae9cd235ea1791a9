import { createInterface } from 'node:readline';
import { median } from 'simple-statistics';
import '../src/experiments/index.js';
import type { Loop } from '../src/compiler/loop.js';
import { tf } from '../src/compiler/native/tensorflow.js';
import { prepareTaskFolder, taskFolder } from '../src/store/task-folder.js';
import type { ExperimentName } from '../src/experiments/vae/settings/training-data.js';
import { storedEngine } from '../src/experiments/vae/settings/engine-names.js';
import type { TrainingSettings } from '../src/experiments/vae/settings/task.js';
import { vaeTraining } from '../src/experiments/vae/training/definition.js';
import type { Program } from '../src/experiments/vae/training/program.js';
import { ProgramCache, type CompiledProgram } from '../src/forms/training/program-cache.js';
import { train } from '../src/forms/training/train.js';
import {
  CHECKPOINT_EVERY_MS,
  checkShape,
  ENGINE_VARIANTS,
  settingsOf,
  taskOf,
  type EngineVariant,
} from './shapes.js';
import { inTemporaryFolder } from './temporary-folder.js';

/**
 * Measures one engine in a separate process. The arguments are the engine (`c`, `xla` or `eager`) and a variant. Requests are lines in the
 * format of `bench/jax_scan.py`. Each answer is a line of JSON, with the key `error` if the request was invalid:
 *
 *     prepare linear 1000    compiles the shape and runs it once
 *     run linear 1000 20     makes 20 calls of 1,000 steps: microseconds per step
 *     train linear 100000    trains a task of 100,000 steps: milliseconds in total, in loops, in evaluations, and before the first step
 */
const [, , argument, variantName = 'eq3'] = process.argv;
const variant = ENGINE_VARIANTS[variantName as EngineVariant];
const engine = storedEngine(argument === 'eager' || argument === 'xla' ? argument : 'c');

/** Number of evaluations and starts that are timed separately after a task. */
const TIMED = 15;

/** A program cache that sums the time in steps. */
class TimedProgramCache extends ProgramCache<TrainingSettings, Program> {
  loopMs = 0;

  override get(settings: TrainingSettings): CompiledProgram<Program> {
    const { program, loop, loops } = super.get(settings);
    const timed: Loop = {
      ...loop,
      run: (...call) => {
        const start = performance.now();
        const result = loop.run(...call);
        this.loopMs += performance.now() - start;
        return result;
      },
    };
    return { program, loop: timed, loops };
  }
}

const programs = new TimedProgramCache(vaeTraining);

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}

async function answer(line: string): Promise<object> {
  const [request, shape, ...counts] = line.split(' ');
  const [first = 0, second = 0] = counts.map(Number);
  try {
    if (request === 'prepare') return run(checkShape(shape), first, 1);
    if (request === 'run') return run(checkShape(shape), first, second);
    if (request === 'train') return await trainTask(checkShape(shape), first);
    return { error: `request must be one of prepare, run, train, got ${String(request)}` };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs several calls. Each continues from the state of the previous one and copies the metrics of every step to JavaScript. */
function run(shape: ExperimentName, steps: number, calls: number): object {
  const settings = settingsOf(shape, { engine, ...variant });
  const { program, loop } = programs.get(settings);
  const training = vaeTraining.begin(program, settings);
  let state = training.start();
  let loss = NaN;
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const result = loop.run(state, training.inputs(1 + call * steps, steps), 1 + call * steps, steps);
    tf.dispose([...state]);
    state = result.state;
    loss = result.metrics[0] ?? NaN;
  }
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  training.dispose();
  tf.dispose([...state]);
  const count = steps * calls;
  return { usPerStep: (elapsedMs * 1000) / count, cpuUsPerStep: (user + system) / count, loss };
}

/** Trains a whole task like a worker, with logs, evaluations, checkpoints and final files. */
async function trainTask(shape: ExperimentName, steps: number): Promise<object> {
  const task = taskOf(shape, steps, 0);
  return inTemporaryFolder((out) => {
    const folder = prepareTaskFolder(taskFolder(out, task), task);
    const shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    const request = {
      type: 'train',
      task,
      folder,
      predecessor: null,
      checkpointEveryMs: CHECKPOINT_EVERY_MS,
      shared,
      slot: 0,
    } as const;
    programs.loopMs = 0;
    const start = performance.now();
    const outcome = train(request, programs, { now: () => performance.now(), date: () => new Date() });
    const trainingMs = performance.now() - start;
    if (outcome.type !== 'done') throw new Error(`the task ended: ${JSON.stringify(outcome)}`);
    return { trainingMs, loopMs: programs.loopMs, ...partsMs(task.settings) };
  });
}

/** Estimates the time of all evaluations of a task and of the work before its first step, from the median of several repetitions. */
function partsMs(settings: TrainingSettings): { evaluationsMs: number; startMs: number } {
  const { program } = programs.get(settings);
  const starts: number[] = [];
  const evaluations: number[] = [];
  for (let step = 0; step < TIMED; step++) {
    const start = performance.now();
    const training = vaeTraining.begin(program, settings);
    tf.tidy(() => {
      const state = training.start();
      state[0]?.dataSync();
      const made = performance.now();
      training.evaluate(state, step, null);
      starts.push(made - start);
      evaluations.push(performance.now() - made);
    });
    training.dispose();
  }
  const count = 1 + Math.ceil(settings.steps / settings.evaluateEverySteps);
  return { evaluationsMs: median(evaluations) * count, startMs: median(starts) };
}
