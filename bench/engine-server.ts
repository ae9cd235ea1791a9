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
 * Measures one engine, with `c`, `xla` or `eager` as its argument and a variant after it, in a process of its own. A request is a line of the same form as
 * those of `bench/jax_scan.py`, its answer a line of JSON (`error` in it where the request was wrong):
 *
 *     prepare linear 1000    compiles the shape and runs it once
 *     run linear 1000 20     20 calls of 1,000 steps from the first step on: microseconds a step
 *     train linear 100000    trains a task of so many steps: milliseconds, those in its loops, of its evaluations, and before its first step
 */
const [, , argument, variantName = 'eq3'] = process.argv;
const variant = ENGINE_VARIANTS[variantName as EngineVariant];
const engine = storedEngine(argument === 'eager' || argument === 'xla' ? argument : 'c');

/** Evaluations and starts that are timed by themselves after a task. */
const TIMED = 15;

/** A program cache that adds up the time spent in steps. */
class TimedProgramCache extends ProgramCache<TrainingSettings, Program> {
  loopMs = 0;

  override get(settings: TrainingSettings): CompiledProgram<Program> {
    const { program, loop } = super.get(settings);
    const timed: Loop = {
      ...loop,
      run: (...call) => {
        const start = performance.now();
        const result = loop.run(...call);
        this.loopMs += performance.now() - start;
        return result;
      },
    };
    return { program, loop: timed };
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

/** Each call takes over the state of the one before and brings every step's metrics here. */
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

/** A whole task as a worker trains it: logs, evaluations, checkpoints and the files at its end. */
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

/** What all evaluations of a task take, and what is made before its first step: by the median of some that are made after it. */
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
