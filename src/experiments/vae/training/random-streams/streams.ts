import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import type { TensorShape } from '../../../../compiler/record.js';
import type { DataKeys } from '../../../../compiler/random/words.js';
import type { TrainingSettings } from '../../settings/task.js';
import type { KernelKey } from '../../model/parameters.js';

/** The standard normal numbers of one training step. */
export interface StepDraws {
  /** The numbers from which the batch is computed, [batch, sourceDim]. */
  readonly source: Tensor2D;
  /** z', [batch, latentDim]. */
  readonly latent: Tensor2D;
  /** The noise of the decoder, [batch, ambientDim], or null for Eq. (3). */
  readonly decoder: Tensor2D | null;
}

/** The standard normal numbers of one evaluation, each [evaluationPoints, width]. */
export interface EvaluationDraws {
  readonly source: Tensor2D;
  readonly latentNoise: Tensor2D;
  readonly generatedLatents: Tensor2D;
  readonly generatedNoise: Tensor2D;
  /** Null for Eq. (3). */
  readonly decoderNoise: Tensor2D | null;
  /** The numbers of the additional batch in the released code's score of linear data; null for other scores. */
  readonly scoreSource: Tensor2D | null;
}

/** The random numbers that a compiled loop draws in each step. */
export interface DrawPlan<Draws> {
  /** Shapes of the loop's inputs from which `keys` computes the keys. */
  readonly inputs: readonly TensorShape[];
  /** Returns one tensor of keys for each of the `counts`, int32 [n, 2] with one row for each of the n `steps`. */
  readonly keys: (inputs: readonly Tensor[], steps: Tensor1D) => Tensor[];
  /** The number of standard normal numbers that each key draws. */
  readonly counts: readonly number[];
  /** Assigns the numbers of one step, one flat tensor per key, to their roles. */
  readonly arrange: (rows: readonly Tensor[]) => Draws;
}

/** The keys of one task, as inputs of the compiled loops. */
export interface TaskKeys {
  readonly kernelKey: KernelKey;
  /** Returns the inputs for `count` steps starting at `firstStep`. This object owns them; they are valid until the next call. */
  stepInputs(firstStep: number, count: number): readonly Tensor[];
  /** Returns the inputs for the evaluation after `step` steps. The caller disposes them. */
  evaluationInputs(step: number): readonly Tensor[];
  dispose(): void;
}

/** The source of the random numbers of training. There is one for each model shape, and it is compiled into the loops. */
export interface RandomStreams {
  readonly steps: DrawPlan<StepDraws>;
  readonly evaluations: DrawPlan<EvaluationDraws>;
  /** Returns the keys of a task. @param dataKeys the chain of data keys after the parameters of the data were drawn */
  keysOf(settings: TrainingSettings, dataKeys: DataKeys): TaskKeys;
  /** Returns how many of the first steps a task of `steps` steps shares with every longer task. */
  commonSteps(steps: number): number;
}
