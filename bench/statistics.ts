import { max, median, min } from 'simple-statistics';
import { z } from 'zod';

/** Several measurements of one thing, in the order they were made. */
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

/** Of the ratios round by round: what slowed a round down slowed both of its measurements. */
export function ratioOf(numerator: Spread, denominator: Spread): Spread {
  return spreadOf(numerator.samples.map((value, round) => value / (denominator.samples[round] ?? NaN)));
}
