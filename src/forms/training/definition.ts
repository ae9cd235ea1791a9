import type { Tensor } from '@tensorflow/tfjs-node';
import type { Engine } from '../../compiler/engine.js';
import type { Loop, LoopBody, LoopShapes } from '../../compiler/loop.js';
import type { TensorShape } from '../../compiler/record.js';
import type { ColumnValues } from '../../logs/encode.js';
import type { LogValue } from '../../logs/read.js';
import type { NamedTensor } from '../../store/safetensors.js';
import type { TrainingColumns } from '../../task/experiment.js';
import type { Settings } from '../../task/task.js';

/**
 * How an experiment trains. Tasks resume bit for bit, and whoever trains them gets the same files, because everything here is a pure
 * function of its arguments: draw random numbers from (seed, step) alone, read no clock and no other file.
 */
export interface TrainingDefinition<
  Own extends TrainedSettings = TrainedSettings,
  Program extends LoopProgram = LoopProgram,
> {
  /** The columns of each log. */
  columns(settings: Own): TrainingColumns;
  /** Equal for settings that share a compiled program; they may differ in what `Training.inputs` returns. */
  programKey(settings: Own): string;
  /**
   * Describes the loop, which is then compiled, and whatever else the tasks of one key have in common.
   * @param makeLoop compiles loops besides, for evaluations; they are disposed of with the program
   */
  program(settings: Own, makeLoop: MakeLoop): Program;
  /** Makes what one task trains with. */
  begin(program: Program, settings: Own): Training;
}

/** What every experiment that trains has among its settings. */
export interface TrainedSettings extends Settings {
  readonly steps: number;
  /** Evaluations happen before the first step, after every so many steps and after the last. */
  readonly evaluateEverySteps: number;
  readonly logEverySteps: number;
}

/** A loop of training steps, not compiled yet. */
export interface LoopProgram {
  readonly engine: Engine;
  /** Shapes of what a step changes, optimiser included: float32 tensors by name, in the order in which the body takes them. */
  readonly state: Readonly<Record<string, readonly number[]>>;
  /** Shapes of what stays the same for all steps of a call. */
  readonly inputs: readonly TensorShape[];
  readonly body: LoopBody;
}

export type MakeLoop = (engine: Engine, body: LoopBody, shapes: LoopShapes, maxSteps: number) => Loop;

/** What one task trains with. Tensors made within `start` and `evaluate` are disposed of, but for those that `start` returns. */
export interface Training {
  /** The state before the first step. */
  start(): readonly Tensor[];
  /** Inputs for `count` steps from `firstStep` on. They stay valid until the next call, and belong to this object. */
  inputs(firstStep: number, count: number): readonly Tensor[];
  /** Evaluates the state after `step` steps. @param previous row of the evaluation before; null for the first */
  evaluate(state: readonly Tensor[], step: number, previous: EvaluationRow | null): Evaluation;
  /** How many of the first steps a task of so many steps shares with every longer one. Default: all. */
  commonSteps?(steps: number): number;
  /** How `parameters.safetensors` keeps the state. Default: a tensor of each name. */
  readonly archive?: StateArchive;
  /** Disposes of the inputs. */
  dispose(): void;
}

/** Values by column; null or left out where a value is not defined. */
export type EvaluationRow = Readonly<Record<string, LogValue>>;

export interface Evaluation {
  readonly row: EvaluationRow;
  /** Values of each column of `samples.arrow`. Called for the last evaluation only. */
  samples?(): readonly ColumnValues[];
}

/** How a finished task's file has what it has learned, and what a longer task continues from. */
export interface StateArchive {
  /** What it has learned, by name: parts of the final state's tensors. Those that have parts consist of them. */
  readonly parts: readonly StatePart[];
  /** For each tensor of the state, its name where a longer task continues from it and no parts have it. */
  readonly continuation: readonly string[];
  /** What else the file has. */
  readonly extra: readonly NamedTensor[];
}

export interface StatePart {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of the tensor among those of the state. */
  readonly tensor: number;
  /** Of its first number in the tensor. */
  readonly offset: number;
}
