import { z } from 'zod';
import { experimentFileSchema, listFileSchema } from './file-schema.js';
import { experimentNamed, experimentNames } from '../task/registry.js';

/** The part of JSON schema that sweep files need. */
export interface JsonSchema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly [key: string]: unknown;
}

/** The JSON schema of sweep files for editors, made from the schemas that check them. It lacks rules on several settings at once. */
export function sweepFileJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A sweep file of vae-sweep',
    oneOf: [...experimentNames().map(experimentJsonSchema), listJsonSchema()],
  };
}

/** The schema of files of one experiment. */
export function experimentJsonSchema(name: string): JsonSchema {
  const schema = toJson(experimentFileSchema(experimentNamed(name)));
  const { properties = {} } = schema;
  return {
    ...schema,
    title: name,
    properties: { ...properties, experiment: { ...properties['experiment'], enum: [name] } },
  };
}

/** Of files that list others: an entry may also be its path alone. */
export function listJsonSchema(): JsonSchema {
  const schema = toJson(listFileSchema);
  const sweeps = schema.properties?.['sweeps'] ?? {};
  const entry = { anyOf: [{ type: 'string', minLength: 1, maxLength: 200 }, sweeps.items] };
  return {
    ...schema,
    title: 'a list of sweeps',
    properties: { ...schema.properties, sweeps: { ...sweeps, items: entry } },
  };
}

function toJson(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  // The whole says it.
  delete json.$schema;
  return json as JsonSchema;
}
