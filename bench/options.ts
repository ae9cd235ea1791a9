/** What every part of the benchmark is given. */
export interface MeasureOptions {
  /** Measurements of each thing. */
  readonly rounds: number;
  /** Steps of a measurement at most; undefined: as many as good figures need. */
  readonly steps: number | undefined;
  /** Python with JAX, to be measured beside. */
  readonly jax: string | undefined;
  /** Says what is being measured. */
  readonly progress: (line: string) => void;
}
