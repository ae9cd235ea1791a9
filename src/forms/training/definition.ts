import type { Tensor } from '@tensorflow/tfjs-node';
import type { EngineChoice } from '../../compiler/engine.js';
import type { Loop, LoopBody, LoopShapes } from '../../compiler/loop.js';
import type { TensorShape } from '../../compiler/record.js';
import type { ColumnValues } from '../../logs/encode.js';
import type { LogValue } from '../../logs/read.js';
import type { NamedTensor } from '../../store/safetensors.js';
import type { TrainingColumns } from '../../task/experiment.js';
import type { Settings } from '../../task/task.js';

/**
 * How an experiment trains. Every function here must be a pure function of its arguments: draw random numbers from (seed, step)
 * alone, and read no clock and no files. Resumed tasks are then bit-identical, and every machine writes the same files.
 */
export interface TrainingDefinition<
  Own extends TrainedSettings = TrainedSettings,
  Program extends LoopProgram = LoopProgram,
> {
  /**
   * Returns the columns of each log.
   * @param settings settings of a task
   */
  columns(settings: Own): TrainingColumns;
  /**
   * Returns a key that is equal for settings that share a compiled program. Such settings may differ only in what `Training.inputs`
   * returns.
   * @param settings settings of a task
   */
  programKey(settings: Own): string;
  /**
   * Describes the loop to compile and anything else that tasks with the same key share.
   * @param settings settings of a task
   * @param makeLoop compiles additional loops, for example for evaluations; they are disposed with the program
   */
  program(settings: Own, makeLoop: MakeLoop): Program;
  /**
   * Creates the training of one task.
   * @param program the compiled program of the task's key
   * @param settings the task's settings
   */
  begin(program: Program, settings: Own): Training;
}

/** The settings that every experiment that trains has. */
export interface TrainedSettings extends Settings {
  /** Number of training steps. */
  readonly steps: number;
  /** Steps between two evaluations. The state is also evaluated before the first step and after the last. */
  readonly evaluateEverySteps: number;
  /** Steps between two rows of the step log. */
  readonly logEverySteps: number;
}

/** A loop of training steps before compilation. */
export interface LoopProgram {
  /** The engine that compiles the loop. */
  readonly engine: EngineChoice;
  /** Shapes of the float32 tensors that a step updates, optimizer state included, by name and in the order of the body's `state`. */
  readonly state: Readonly<Record<string, readonly number[]>>;
  /** Types and shapes of the tensors that stay constant during a call. */
  readonly inputs: readonly TensorShape[];
  /** What the loop computes. */
  readonly body: LoopBody;
}

/**
 * Compiles a loop.
 * @param engine the engine that compiles it
 * @param body what it computes
 * @param shapes types and shapes of its state and inputs
 * @param maxSteps maximum number of steps in one call
 */
export type MakeLoop = (engine: EngineChoice, body: LoopBody, shapes: LoopShapes, maxSteps: number) => Loop;

/** The training of one task. Tensors created in `start` and `evaluate` are disposed, except those that `start` returns. */
export interface Training {
  /** Returns the state before the first step. */
  start(): readonly Tensor[];
  /**
   * Returns the inputs of some steps. This object owns them; they stay valid until the next call.
   * @param firstStep number of the first step
   * @param count number of steps
   */
  inputs(firstStep: number, count: number): readonly Tensor[];
  /**
   * Evaluates a state.
   * @param state the state after the step
   * @param step number of the step; 0 before the first
   * @param previous row of the previous evaluation; null for the first
   */
  evaluate(state: readonly Tensor[], step: number, previous: EvaluationRow | null): Evaluation;
  /**
   * Returns how many of the first steps a task shares with every longer task. Default: all of them.
   * @param steps number of steps of the task
   */
  commonSteps?(steps: number): number;
  /** How `parameters.safetensors` stores the state. Default: one tensor per name of the state. */
  readonly archive?: StateArchive;
  /** Disposes the inputs. */
  dispose(): void;
}

/** Values by column name. A value that is not defined is null or absent. */
export type EvaluationRow = Readonly<Record<string, LogValue>>;

export interface Evaluation {
  readonly row: EvaluationRow;
  /** Returns the values of each column of `samples.arrow`. Called for the last evaluation only. */
  samples?(): readonly ColumnValues[];
}

/** How the file of a finished task stores the learned parameters and the state that a longer task continues from. */
export interface StateArchive {
  /** The learned parameters: named parts of the final state's tensors. A tensor that has parts consists of them entirely. */
  readonly parts: readonly StatePart[];
  /** For each tensor of the state, the name under which it is stored for a longer task if no parts cover it. */
  readonly continuation: readonly string[];
  /** Further tensors of the file. */
  readonly extra: readonly NamedTensor[];
}

export interface StatePart {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of the state tensor that contains the part. */
  readonly tensor: number;
  /** Index of the part's first number in that tensor. */
  readonly offset: number;
}
