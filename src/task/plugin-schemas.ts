import { z } from 'zod';

/** The name of a plugin or of one of its parts, as sweep files give it. */
export const partName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'expected a name of a-z, 0-9 and -, such as flat-torus' });

/** The name of a setting or a column. */
export const identifier = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'expected a name of letters and digits, such as learningRate' })
  // A lookup of such a name would find what every object inherits.
  .refine((name) => !(name in Object.prototype), {
    error: 'expected a name that JavaScript objects do not have already',
  });

export const shortText = z.string().min(1).max(200);

export const method = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', {
  error: 'expected a function',
});

/** Columns that tell tasks apart in exports, beside their settings. */
export const EXPORTED_COLUMNS = ['task', 'name', 'state'] as const;
