import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import type { TensorShape } from '../../../../compiler/record.js';
import type { DataKeys } from '../../../../compiler/random/words.js';
import type { TrainingSettings } from '../../settings/task.js';
import type { KernelKey } from '../../model/parameters.js';

/** Standard normal numbers of one training step. */
export interface StepDraws {
  /** What the batch is made of, [batch, sourceDim]. */
  readonly source: Tensor2D;
  /** z', [batch, latentDim]. */
  readonly latent: Tensor2D;
  /** [batch, ambientDim], or null for Eq. (3). */
  readonly decoder: Tensor2D | null;
}

/** Standard normal numbers of one evaluation, [evaluationPoints, width]. */
export interface EvaluationDraws {
  readonly source: Tensor2D;
  readonly latentNoise: Tensor2D;
  readonly generatedLatents: Tensor2D;
  readonly generatedNoise: Tensor2D;
  /** Null for Eq. (3). */
  readonly decoderNoise: Tensor2D | null;
  /** What the released code's score of linear data makes a batch of its own of; null elsewhere. */
  readonly scoreSource: Tensor2D | null;
}

/** What a compiled loop draws at each step. */
export interface DrawPlan<Draws> {
  /** Shapes of the loop's inputs that `keys` computes the keys from. */
  readonly inputs: readonly TensorShape[];
  /** Returns as many tensors of keys as there are `counts`, each int32 [n, 2], a row for each of the n `steps`. */
  readonly keys: (inputs: readonly Tensor[], steps: Tensor1D) => Tensor[];
  /** How many standard normal numbers each key draws. */
  readonly counts: readonly number[];
  /** Gives the numbers of one step, a flat tensor for each key, their roles. */
  readonly arrange: (rows: readonly Tensor[]) => Draws;
}

/** The keys of one task, as inputs of the compiled loops. The tensors belong to this object. */
export interface TaskKeys {
  readonly kernelKey: KernelKey;
  /** Inputs for `count` steps from `firstStep` on. They are valid until the next call. */
  stepInputs(firstStep: number, count: number): readonly Tensor[];
  /** Inputs for the evaluation after `step` steps. The caller disposes them. */
  evaluationInputs(step: number): readonly Tensor[];
  dispose(): void;
}

/** Where the random numbers of training come from. One is made for each shape of model, and compiled into its loops. */
export interface RandomStreams {
  readonly steps: DrawPlan<StepDraws>;
  readonly evaluations: DrawPlan<EvaluationDraws>;
  /** @param dataKeys the chain of data keys after the data's parameters were drawn */
  keysOf(settings: TrainingSettings, dataKeys: DataKeys): TaskKeys;
  /** Returns how many of the first steps of a task with `steps` steps are the same in every longer task. */
  commonSteps(steps: number): number;
}
