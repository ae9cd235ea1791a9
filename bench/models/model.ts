import type { Scalar, Tensor } from '@tensorflow/tfjs-node';

/** A model of the benchmark. `jax_models.py` and `torch_models.py` define the same models. */
export interface BenchmarkModel {
  /** The shapes of the parameters, by name. A shape with one axis starts at zero, except those named `scale`, which start at one. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** Number of examples in the data set, a power of two. */
  readonly examples: number;
  /** Number of examples in a batch. */
  readonly batch: number;
  /** Number of standard normal numbers that a step draws for each example; 0 if it draws none. */
  readonly noise: number;
  /** Names of the arrays of the data set. */
  readonly arrays: readonly string[];
  /** Returns the arrays of a data set in memory; row i of each belongs to example i. */
  readonly dataset: () => readonly Tensor[];
  /**
   * Returns the loss of a batch.
   * @param batch the rows of each array of the data set
   * @param noise standard normal numbers [batch, noise]
   */
  readonly loss: (parameters: Tensors, batch: Tensors, noise: Tensor) => Scalar;
}

/** Tensors by name. */
export type Tensors = (name: string) => Tensor;
