import { max, median, min } from 'simple-statistics';
import { z } from 'zod';

/** Repeated measurements in the order in which they were taken, with their median and range. */
export const spreadSchema = z.object({
  median: z.number(),
  min: z.number(),
  max: z.number(),
  samples: z.array(z.number()).min(1),
});

export type Spread = z.infer<typeof spreadSchema>;

export function spreadOf(samples: readonly number[]): Spread {
  const values = [...samples];
  return { median: median(values), min: min(values), max: max(values), samples: values };
}

/** Returns the spread of the ratios round by round: a slowdown affects both measurements of a round. */
export function ratioOf(numerator: Spread, denominator: Spread): Spread {
  return spreadOf(numerator.samples.map((value, round) => value / (denominator.samples[round] ?? NaN)));
}
