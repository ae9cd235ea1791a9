/** Monotonic milliseconds and wall-clock time; neither reaches a result. */
export interface Clock {
  now(): number;
  date(): Date;
}
