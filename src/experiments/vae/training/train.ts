import { join } from 'node:path';
import type { Tensor1D } from '@tensorflow/tfjs-node';
import { cpuFeatures } from '../../../compiler/native/cpu.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { writeCheckpoint } from '../../../store/checkpoint.js';
import { commitResults, removeUnfinished, TASK_FILES } from '../../../store/task-folder.js';
import type { TrainingSettings, TrainingTask } from '../../../task/task.js';
import { evaluate, type EvaluationResult } from './evaluate.js';
import type { Continuation, TrainingLogs } from './training-logs.js';
import type { Program, Programs } from './programs.js';
import type { TaskOutcome } from '../../../task/outcome.js';
import type { Clock, TrainRequest } from '../../../task/protocol.js';
import { MAX_CHUNK_STEPS } from './random-streams/streams.js';
import { namedState, resume, type Start } from './resume.js';
import { recordSession } from '../../../forms/session-record.js';
import { startParameters } from './start-parameters.js';
import { StepInputs, STEP_METRICS } from './step.js';
import { drawTask, type TaskDraws } from './task-draws.js';
import { formatCount } from '../../../units.js';

/** How long a chunk should take: a stop request waits for its end. */
const CHUNK_MS = 250;
const FIRST_CHUNK_STEPS = 100;

/** Trains one task from its checkpoint or its start, to its end, a stop request or a loss that is not finite. */
export function train(request: TrainRequest<TrainingTask>, programs: Programs, clock: Clock): TaskOutcome {
  const program = programs.get(request.task.settings);
  const start = resume(request, program);
  try {
    const run = new Run(request, program, start, clock);
    try {
      return run.toEnd();
    } finally {
      run.dispose();
    }
  } finally {
    start.logs.close();
  }
}

class Run {
  readonly #request: TrainRequest<TrainingTask>;
  readonly #program: Program;
  readonly #clock: Clock;
  readonly #shared: Int32Array;
  readonly #draws: TaskDraws;
  readonly #inputs: StepInputs;
  readonly #logs: TrainingLogs;
  readonly #fromStep: number;
  readonly #recovered: string | null;
  readonly #start: { readonly ms: number; readonly date: Date };
  /** Parameters and Adam's moments after `#step` steps. */
  #state: Tensor1D[];
  #step: number;
  /** The latest of this session, of `#step` steps when the run ends; null after a resume that had no steps to train. */
  #lastEvaluation: EvaluationResult | null = null;
  #chunkSteps = FIRST_CHUNK_STEPS;
  #checkpointMs: number;
  /** Steps after which a longer task can continue from this one, and the state there if it is not the final one. */
  readonly #commonSteps: number;
  #continuation: Continuation | null = null;

  constructor(request: TrainRequest<TrainingTask>, program: Program, start: Start, clock: Clock) {
    this.#request = request;
    this.#program = program;
    this.#clock = clock;
    this.#shared = new Int32Array(request.shared);
    const { task } = request;
    this.#recovered = start.recovered;
    this.#logs = start.logs;
    this.#draws = drawTask(program, task.settings);
    this.#inputs = new StepInputs(task.settings, this.#draws.keys, this.#draws.dataParameters);
    this.#commonSteps = program.streams.commonSteps(task.settings.steps);
    this.#state =
      start.state?.map((values) => tf.tensor1d(values)) ?? startState(program, task.settings, this.#draws);
    this.#step = start.step;
    this.#fromStep = this.#step;
    this.#start = { ms: clock.now(), date: clock.date() };
    this.#checkpointMs = this.#start.ms;
    // A run that was stopped before its first step has logged it.
    if (start.state === null) this.#logEvaluation();
    this.#keepContinuation();
  }

  toEnd(): TaskOutcome {
    const { steps } = this.#request.task.settings;
    this.#reportStep();
    while (this.#step < steps) {
      if (Atomics.load(this.#shared, 0) === 1) return this.#stop();
      const diverged = this.#runChunk();
      if (diverged) return diverged;
      this.#reportStep();
      if (this.#step < steps && this.#isCheckpointDue()) this.#checkpoint();
    }
    return this.#finish();
  }

  dispose(): void {
    const { dataParameters, keys } = this.#draws;
    this.#inputs.dispose();
    keys.dispose();
    tf.dispose([...dataParameters, ...this.#state]);
  }

  /** Runs to the next evaluation, or less if that takes long. */
  #runChunk(): TaskOutcome | null {
    const { steps, evaluateEverySteps } = this.#request.task.settings;
    const toEvaluation = evaluateEverySteps - (this.#step % evaluateEverySteps);
    const toEnd = (this.#step < this.#commonSteps ? this.#commonSteps : steps) - this.#step;
    const count = Math.min(this.#chunkSteps, toEvaluation, toEnd);
    const startMs = this.#clock.now();
    const firstStep = this.#step + 1;
    const result = this.#program.loop.run(this.#state, this.#inputs.of(firstStep, count), firstStep, count);
    tf.dispose(this.#state);
    this.#state = result.state as Tensor1D[];
    const finiteRows = countFiniteRows(result.metrics);
    this.#logs.steps.append(this.#step + 1, result.metrics.subarray(0, finiteRows * STEP_METRICS.length));
    if (finiteRows < count) return this.#diverge(result.metrics, finiteRows);
    this.#step += count;
    this.#keepContinuation();
    if (this.#step % evaluateEverySteps === 0 || this.#step === steps) this.#logEvaluation();
    const perStepMs = Math.max((this.#clock.now() - startMs) / count, Number.EPSILON);
    this.#chunkSteps = Math.min(
      MAX_CHUNK_STEPS,
      wholeBlocks(CHUNK_MS / perStepMs, this.#program.loop.blockSteps),
    );
    return null;
  }

  #evaluate(): EvaluationResult {
    const { settings } = this.#request.task;
    const previous = this.#logs.lastEvaluation;
    return evaluate(this.#program, settings, this.#parameters(), this.#draws, this.#step, previous);
  }

  #logEvaluation(): void {
    this.#lastEvaluation = this.#evaluate();
    this.#logs.addEvaluation(this.#lastEvaluation.row);
  }

  #parameters(): Tensor1D {
    const [parameters] = this.#state;
    if (parameters === undefined) throw new Error('A run has no parameters.');
    return parameters;
  }

  #reportStep(): void {
    Atomics.store(this.#shared, 1 + this.#request.slot, this.#step);
  }

  #stateValues(): Float32Array[] {
    return this.#state.map((tensor) => tensor.dataSync<'float32'>());
  }

  #keepContinuation(): void {
    if (this.#step !== this.#commonSteps || this.#step === this.#request.task.settings.steps) return;
    this.#continuation = { step: this.#step, state: this.#stateValues() };
  }

  #isCheckpointDue(): boolean {
    return this.#clock.now() - this.#checkpointMs >= this.#request.checkpointEveryMs;
  }

  #checkpoint(): void {
    const { folder, task } = this.#request;
    const state = namedState(this.#stateValues());
    const logs = this.#logs.sync();
    writeCheckpoint(folder, task.id, { step: this.#step, cpu: cpuFeatures(), state, ...logs });
    this.#checkpointMs = this.#clock.now();
  }

  #stop(): TaskOutcome {
    this.#checkpoint();
    this.#recordSession();
    return { type: 'stopped', fromStep: this.#fromStep, recovered: this.#recovered, step: this.#step };
  }

  #diverge(metrics: Float32Array, finiteRows: number): TaskOutcome {
    this.#logs.sync();
    this.#recordSession();
    return divergence(metrics, finiteRows, this.#step + finiteRows + 1);
  }

  /** Writes the whole files, then the marker; the stream files and the checkpoint are needed no more. */
  #finish(): TaskOutcome {
    const { folder, task } = this.#request;
    const points = this.#lastEvaluation ?? this.#evaluate();
    const { model } = this.#program;
    const trained = { state: this.#stateValues(), continuation: this.#continuation };
    const results = this.#logs.results(model, trained, this.#draws.dataParameters, points);
    this.#recordSession();
    commitResults(folder, task.id, results);
    removeUnfinished(folder);
    const elapsedMs = this.#clock.now() - this.#start.ms;
    const resumed = { fromStep: this.#fromStep, recovered: this.#recovered };
    return { type: 'done', ...resumed, steps: this.#step, elapsedMs, summary: null };
  }

  #recordSession(): void {
    recordSession(join(this.#request.folder, TASK_FILES.run), {
      start: this.#start.date,
      end: this.#clock.date(),
      fromStep: this.#fromStep,
      toStep: this.#step,
      elapsedMs: this.#clock.now() - this.#start.ms,
    });
  }
}

/** Whole blocks of draws, so that none is made in vain; at least a step. */
function wholeBlocks(steps: number, blockSteps: number): number {
  return Math.max(1, Math.floor(steps < blockSteps ? steps : steps - (steps % blockSteps)));
}

function startState({ model }: Program, settings: TrainingSettings, { keys }: TaskDraws): Tensor1D[] {
  const parameters = startParameters(model, settings, keys.kernelKey);
  return [parameters, tf.zerosLike(parameters), tf.zerosLike(parameters)];
}

/** Rows before the first that holds NaN or an infinity. */
function countFiniteRows(metrics: Float32Array): number {
  let finite = 0;
  while (finite < metrics.length && Number.isFinite(metrics[finite])) finite += 1;
  return Math.floor(finite / STEP_METRICS.length);
}

/** @param step of the first row that is not finite, which follows the finite ones */
function divergence(metrics: Float32Array, finiteRows: number, step: number): TaskOutcome {
  const message = `the loss is not finite at step ${formatCount(step)}`;
  if (finiteRows === 0) return { type: 'diverged', step, message, lastFinite: null };
  const row = metrics.subarray((finiteRows - 1) * STEP_METRICS.length);
  const at = (name: (typeof STEP_METRICS)[number]) => row[STEP_METRICS.indexOf(name)] ?? NaN;
  return {
    type: 'diverged',
    step,
    message: `${message}, after a loss of ${at('loss').toPrecision(6)} nats at step ${step - 1}`,
    lastFinite: { step: step - 1, ...Object.fromEntries(STEP_METRICS.map((name) => [name, at(name)])) },
  };
}
