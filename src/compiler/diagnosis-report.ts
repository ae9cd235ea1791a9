/** What a process reports that tries native TensorFlow and the C engine. */
export interface Diagnosis {
  /** Version of the library that is loaded. */
  readonly tensorflow: string;
  readonly tfjsNode: string;
  /** Whether the random numbers are JAX's. */
  readonly hasRandomNumbers: boolean;
  /** Largest relative difference of the losses of a few steps, by the C engine against step by step. */
  readonly engineDifference: number;
  readonly compileMs: number;
  readonly runMs: number;
}
