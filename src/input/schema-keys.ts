import { z } from 'zod';
import type { SourcePath } from './source.js';

/** Returns the keys that a schema allows in the object at a path; empty if there is no such object. */
export function keysAt(schema: z.core.$ZodType, path: SourcePath): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    if (step === undefined) return Object.keys(shape);
    const inner = shape[String(step)];
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (step !== undefined && schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  if (step !== undefined && schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  return [];
}
