import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Loop } from '../../compiler/loop.js';
import { cpuFeatures } from '../../compiler/native/cpu.js';
import { tf } from '../../compiler/native/tensorflow.js';
import { writeCheckpoint } from '../../store/checkpoint.js';
import {
  commitResults,
  markerOf,
  removeUnfinished,
  TASK_FILES,
  type Marker,
} from '../../store/task-folder.js';
import type { TaskOutcome } from '../../task/outcome.js';
import type { Clock, TrainRequest } from '../../task/protocol.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { recordAttempt } from '../attempt-record.js';
import { archiveOf, commonSteps, encodeState, type StateValues } from './archive.js';
import type { Evaluation, LoopProgram, TrainedSettings, Training } from './definition.js';
import type { CompiledProgram, ProgramCache } from './program-cache.js';
import { resume, type Start } from './resume.js';
import type { TrainingLogs } from './training-logs.js';

/** Target duration of a chunk. A stop request waits until the current chunk ends. */
const CHUNK_MS = 250;
const FIRST_CHUNK_STEPS = 100;

type Request = TrainRequest<Task<TrainedSettings>>;

/** Trains one task, from its checkpoint if it has one, until it is done, a stop is requested or a metric is not finite. */
export function train<Own extends TrainedSettings, Program extends LoopProgram>(
  request: TrainRequest<Task<Own>>,
  programs: ProgramCache<Own, Program>,
  clock: Clock,
): TaskOutcome {
  const { definition } = programs;
  const { settings } = request.task;
  const compiled = programs.get(settings);
  const training = definition.begin(compiled.program, settings);
  try {
    const columns = definition.columns(settings);
    const start = resume(request, columns, compiled.program.state, training);
    try {
      const attempt = new Attempt(request, compiled, training, start, clock);
      try {
        return attempt.run();
      } finally {
        attempt.dispose();
      }
    } finally {
      start.logs.close();
    }
  } finally {
    training.dispose();
  }
}

class Attempt {
  readonly #request: Request;
  readonly #training: Training;
  readonly #loop: Loop;
  readonly #shapes: LoopProgram['state'];
  readonly #clock: Clock;
  readonly #shared: Int32Array;
  readonly #logs: TrainingLogs;
  readonly #resumed: { readonly fromStep: number; readonly recovered: string | null };
  readonly #start: { readonly ms: number; readonly date: Date };
  /** State after `#step` steps. */
  #state: readonly Tensor[];
  #step: number;
  /** Latest evaluation of this attempt, made after the last step if the task is done. Null if a resumed task had no steps left. */
  #lastEvaluation: Evaluation | null = null;
  #chunkSteps = FIRST_CHUNK_STEPS;
  #checkpointMs: number;
  /** Step from which a longer task can continue. */
  readonly #commonSteps: number;
  /** State after `#commonSteps` steps, if that is not the final state. */
  #continuation: StateValues | null = null;

  constructor(
    request: Request,
    { program, loop }: CompiledProgram<LoopProgram>,
    training: Training,
    start: Start,
    clock: Clock,
  ) {
    this.#request = request;
    this.#training = training;
    this.#loop = loop;
    this.#shapes = program.state;
    this.#clock = clock;
    this.#shared = new Int32Array(request.shared);
    this.#logs = start.logs;
    this.#commonSteps = commonSteps(training, request.task.settings.steps);
    const shapes = Object.values(this.#shapes);
    this.#state =
      start.state?.map((values, index) => tf.tensor(values, [...(shapes[index] ?? [])], 'float32')) ??
      tf.tidy(() => [...training.start()]);
    this.#step = start.step;
    this.#resumed = { fromStep: start.step, recovered: start.recovered };
    this.#start = { ms: clock.now(), date: clock.date() };
    this.#checkpointMs = this.#start.ms;
    // An attempt that resumes from a checkpoint has already logged the evaluation before the first step.
    if (start.state === null) this.#logEvaluation();
    this.#keepContinuation();
  }

  run(): TaskOutcome {
    const { steps } = this.#request.task.settings;
    this.#reportStep();
    while (this.#step < steps) {
      if (Atomics.load(this.#shared, 0) === 1) return this.#stop();
      const diverged = this.#runChunk();
      if (diverged) return diverged;
      this.#reportStep();
      const { checkpointEveryMs } = this.#request;
      if (this.#step < steps && this.#clock.now() - this.#checkpointMs >= checkpointEveryMs)
        this.#checkpoint();
    }
    return this.#finish();
  }

  dispose(): void {
    tf.dispose([...this.#state]);
  }

  /** Runs up to the next evaluation, or fewer steps if those would take longer than `CHUNK_MS`. */
  #runChunk(): TaskOutcome | null {
    const { steps, evaluateEverySteps } = this.#request.task.settings;
    const toEvaluation = evaluateEverySteps - (this.#step % evaluateEverySteps);
    const toEnd = (this.#step < this.#commonSteps ? this.#commonSteps : steps) - this.#step;
    const count = Math.min(this.#chunkSteps, toEvaluation, toEnd);
    const startMs = this.#clock.now();
    const firstStep = this.#step + 1;
    const inputs = this.#training.inputs(firstStep, count);
    const { state, metrics } = this.#loop.run(this.#state, inputs, firstStep, count);
    tf.dispose([...this.#state]);
    this.#state = state;
    const width = this.#logs.metrics.length;
    if (metrics.length !== count * width)
      throw new Error(
        `A step returned ${formatCount(metrics.length / count)} ${metrics.length === count ? 'metric' : 'metrics'}, ` +
          `expected ${width}, one for each column: ${this.#logs.metrics.join(', ')}.`,
      );
    const finiteRows = countFiniteRows(metrics, width);
    this.#logs.steps.append(firstStep, metrics.subarray(0, finiteRows * width));
    if (finiteRows < count) return this.#diverge(metrics, finiteRows);
    this.#step += count;
    this.#keepContinuation();
    if (this.#step % evaluateEverySteps === 0 || this.#step === steps) this.#logEvaluation();
    const perStepMs = Math.max((this.#clock.now() - startMs) / count, Number.EPSILON);
    this.#chunkSteps = Math.min(
      this.#loop.maxSteps,
      wholeBlocks(CHUNK_MS / perStepMs, this.#loop.blockSteps),
    );
    return null;
  }

  #evaluate(): Evaluation {
    let evaluation: Evaluation | undefined;
    // Do not return the evaluation from `tidy`, which would search every number of it for tensors.
    tf.tidy(() => {
      evaluation = this.#training.evaluate(this.#state, this.#step, this.#logs.lastEvaluation);
    });
    if (evaluation === undefined) throw new Error('The evaluation returned no result.');
    return evaluation;
  }

  #logEvaluation(): void {
    this.#lastEvaluation = this.#evaluate();
    this.#logs.addEvaluation({ ...this.#lastEvaluation.row, step: this.#step });
  }

  #reportStep(): void {
    Atomics.store(this.#shared, 1 + this.#request.slot, this.#step);
  }

  #stateValues(): Float32Array[] {
    return this.#state.map((tensor) => tensor.dataSync<'float32'>());
  }

  #keepContinuation(): void {
    if (this.#step !== this.#commonSteps || this.#step === this.#request.task.settings.steps) return;
    this.#continuation = this.#stateValues();
  }

  #checkpoint(): void {
    const { folder, task } = this.#request;
    const values = this.#stateValues();
    const names = Object.keys(this.#shapes);
    const state = new Map(names.map((name, index) => [name, values[index] ?? new Float32Array()]));
    const logs = this.#logs.sync();
    writeCheckpoint(folder, task.id, { step: this.#step, cpu: cpuFeatures(), state, ...logs });
    this.#checkpointMs = this.#clock.now();
  }

  #stop(): TaskOutcome {
    this.#checkpoint();
    this.#recordAttempt();
    return { type: 'stopped', ...this.#resumed, step: this.#step };
  }

  #diverge(metrics: Float32Array, finiteRows: number): TaskOutcome {
    this.#logs.sync();
    this.#recordAttempt();
    const step = this.#step + finiteRows + 1;
    const names = this.#logs.metrics;
    const row = metrics.subarray(finiteRows * names.length, (finiteRows + 1) * names.length);
    const index = row.findIndex((value) => !Number.isFinite(value));
    const message = `the ${names[index] ?? 'metric'} is not finite at step ${formatCount(step)}`;
    if (finiteRows === 0) return { type: 'diverged', step, message, lastFinite: null };
    const last = metrics.subarray((finiteRows - 1) * names.length);
    const before = (last[index] ?? NaN).toPrecision(6);
    return {
      type: 'diverged',
      step,
      message: `${message}; at step ${formatCount(step - 1)} it was ${before}`,
      lastFinite: {
        step: step - 1,
        ...Object.fromEntries(names.map((name, index) => [name, last[index] ?? NaN])),
      },
    };
  }

  /** Writes the result files, then the marker. The stream files and the checkpoint are then no longer needed. */
  #finish(): TaskOutcome {
    const { folder, task } = this.#request;
    const samples = (this.#lastEvaluation ?? this.#evaluate()).samples?.() ?? [];
    const archive = archiveOf(this.#training, this.#shapes);
    const state = encodeState(archive, this.#stateValues(), this.#continuation);
    const results = this.#logs.results(state, this.#continuation && this.#commonSteps, samples);
    const marker = markerOf(task.id, results);
    commitResults(folder, task.id, results, marker);
    this.#recordAttempt(marker);
    removeUnfinished(folder);
    const elapsedMs = this.#clock.now() - this.#start.ms;
    return { type: 'done', ...this.#resumed, steps: this.#step, elapsedMs, summary: null };
  }

  #recordAttempt(marker?: Marker): void {
    recordAttempt(join(this.#request.folder, TASK_FILES.run), {
      start: this.#start.date,
      end: this.#clock.date(),
      fromStep: this.#resumed.fromStep,
      toStep: this.#step,
      elapsedMs: this.#clock.now() - this.#start.ms,
      ...(marker && { marker }),
    });
  }
}

/** Rounds down to whole blocks of draws, so that no drawn numbers are wasted; at least one step. */
function wholeBlocks(steps: number, blockSteps: number): number {
  return Math.max(1, Math.floor(steps < blockSteps ? steps : steps - (steps % blockSteps)));
}

/** Counts the rows before the first one that contains NaN or an infinity. */
function countFiniteRows(metrics: Float32Array, width: number): number {
  let finite = 0;
  while (finite < metrics.length && Number.isFinite(metrics[finite])) finite += 1;
  return Math.floor(finite / width);
}
