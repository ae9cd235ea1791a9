/** Statistics of the numbers of several tasks. */
export interface Statistics {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); null for a single number. */
  readonly deviation: number | null;
  readonly min: number;
  readonly max: number;
}

/** Returns the statistics of the numbers that are not null; null if there are none. */
export function statisticsOf(values: readonly (number | null)[]): Statistics | null {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return null;
  const mean = sum(numbers) / numbers.length;
  const squares = sum(numbers.map((value) => (value - mean) ** 2));
  return {
    count: numbers.length,
    mean,
    deviation: numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : null,
    min: numbers.reduce((a, b) => Math.min(a, b)),
    max: numbers.reduce((a, b) => Math.max(a, b)),
  };
}

export function standardError({ deviation, count }: Statistics): number | null {
  return deviation === null ? null : deviation / Math.sqrt(count);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
