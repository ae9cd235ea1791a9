/** The report of the process that tests native TensorFlow and the C engine. */
export interface Diagnosis {
  /** Version of the loaded TensorFlow library. */
  readonly tensorflow: string;
  readonly tfjsNode: string;
  /** Whether the random numbers match JAX. */
  readonly hasRandomNumbers: boolean;
  /** Largest relative difference between the losses of the C engine and of the eager engine over a few steps. */
  readonly engineDifference: number;
  readonly compileMs: number;
  readonly runMs: number;
}
