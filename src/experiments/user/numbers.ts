import { z } from 'zod';
import type { Numbers } from './definition.js';

const number = z.custom<number>((value) => typeof value === 'number', { error: 'expected a number' });

/** Returns a function that checks that a value has exactly the declared numbers. @throws an Error for missing and undeclared names */
export function numbersChecker(
  columns: readonly { readonly name: string }[],
): (value: unknown, what: string) => Numbers {
  const schema = z.strictObject(Object.fromEntries(columns.map(({ name }) => [name, number])));
  return (value, what) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new Error(`${what}: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ')}`);
  };
}
