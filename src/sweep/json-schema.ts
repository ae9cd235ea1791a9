import { z } from 'zod';
import { experimentFileSchema, listFileSchema } from './file-schema.js';
import { experimentNamed, experimentNames } from '../task/registry.js';

/** The subset of JSON Schema that sweep files use. */
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

/**
 * Returns the JSON schema of sweep files for editors, generated from the schemas that validate them. It does not contain rules that
 * involve several settings.
 */
export function sweepFileJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Sweep file of vae-sweep',
    oneOf: [...experimentNames().map(experimentJsonSchema), listJsonSchema()],
  };
}

/** Returns the schema of sweep files of one experiment. */
export function experimentJsonSchema(name: string): JsonSchema {
  const schema = toJson(experimentFileSchema(experimentNamed(name)));
  const { properties = {} } = schema;
  return {
    ...schema,
    title: name,
    properties: { ...properties, experiment: { ...properties['experiment'], enum: [name] } },
  };
}

/** Returns the schema of files that list sweep files. An entry is a mapping, or only a path. */
export function listJsonSchema(): JsonSchema {
  const schema = toJson(listFileSchema);
  const sweeps = schema.properties?.['sweeps'] ?? {};
  const entry = { anyOf: [{ type: 'string', minLength: 1, maxLength: 200 }, sweeps.items] };
  return {
    ...schema,
    title: 'list of sweep files',
    properties: { ...schema.properties, sweeps: { ...sweeps, items: entry } },
  };
}

function toJson(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  // The enclosing schema declares it.
  delete json.$schema;
  return json as JsonSchema;
}
