import { z } from 'zod';

/** Name of a plugin or of one of its parts, for use in sweep files. */
export const partName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, {
  error: 'expected a name of up to 32 characters (a-z, 0-9, -) that starts with a letter, such as flat-torus',
});

/** Name of a setting or a column. */
export const identifier = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,63}$/, {
    error:
      'expected a name of up to 64 letters and digits that starts with a lowercase letter, such as learningRate',
  })
  // Looking up such a name in an object would find an inherited member.
  .refine((name) => !(name in Object.prototype), {
    error: 'expected a name that is not a member of all JavaScript objects',
  });

export const shortText = z.string().min(1).max(200);

export const method = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', {
  error: 'expected a function',
});

/** Columns that exports have for every task in addition to its settings. */
export const EXPORTED_COLUMNS = ['task', 'name', 'state'] as const;
