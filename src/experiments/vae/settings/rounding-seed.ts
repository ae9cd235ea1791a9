import { z } from 'zod';
import type { DeclaredSetting } from '../../../task/declared-settings.js';
import { SEED_DISPLAY } from '../../../task/setting-display.js';
import { MAX_SEED } from '../../../task/setting-values.js';

const EXPECTED = 'expected a seed from 0 to 2,147,483,647, or none';

/** Absent if nothing is perturbed, so that such tasks keep their ids. */
const seedField = { roundingSeed: z.int().min(0).exactOptional() };

/** The seed of a perturbation of the initial parameters by one unit in the last place. */
export const roundingSeed: DeclaredSetting<number | null, typeof seedField, unknown, number | 'none'> = {
  schema: z
    .custom<number | 'none'>(() => true)
    .transform((value, context) => {
      if (value === 'none') return null;
      if (Number.isInteger(value) && value >= 0 && value <= MAX_SEED) return value;
      context.addIssue({ code: 'custom', message: EXPECTED });
      return z.NEVER;
    })
    .describe(
      'Seed that moves each initial parameter other than 0 to the next larger or the next smaller float32, at random. It shows how ' +
        'much a result depends on rounding. Default: none, which moves nothing.',
    ),
  defaultOf: () => null,
  stored: seedField,
  columns: {
    roundingSeed: {
      type: 'int32',
      unit: '-',
      description: 'Seed that moved the initial parameters by one unit in the last place; null for none',
    },
  },
  store: (value) => (value === null ? {} : { roundingSeed: value }),
  read: ({ roundingSeed: value = null }) => value,
  isCompiled: false,
  display: { ...SEED_DISPLAY, short: 'rounding seed', format: (value) => String(value ?? 'none') },
};
