/** Options of every part of the benchmark. */
export interface MeasureOptions {
  /** Number of repetitions of each measurement. */
  readonly rounds: number;
  /** Maximum number of steps per measurement. Default: enough for good results. */
  readonly steps: number | undefined;
  /** Path of a Python with JAX and PyTorch, to measure them too. */
  readonly peers: string | undefined;
  /** Path of a Python with Optuna, to compare the search with Optuna's. */
  readonly optuna: string | undefined;
  /** Reports what is being measured. */
  readonly progress: (line: string) => void;
}
