import { z } from 'zod';
import { KIND_COLUMN, type FieldColumn } from '../../../task/column.js';

/** Settings whose names clash with a column of a log, by the name of their export column. */
const RENAMED: Readonly<Record<string, string>> = { reconstructionKind: 'reconstruction' };

const propertySchema = z.looseObject({
  type: z.string().optional(),
  anyOf: z.array(z.looseObject({ type: z.string() })).optional(),
  description: z.string().default(''),
});
const described = z.object({ properties: z.record(z.string(), propertySchema) });

/** Returns the export columns of a computation's settings, described by its schema. */
export function settingColumns(schema: z.ZodType): Readonly<Record<string, FieldColumn>> {
  const { properties } = described.parse(z.toJSONSchema(schema));
  const columns = Object.entries(properties).map(([name, property]) => {
    const column = Object.entries(RENAMED).find(([, renamed]) => renamed === name)?.[0] ?? name;
    return [column, name === 'kind' ? KIND_COLUMN : { ...columnOf(name, property), of: name }] as const;
  });
  return Object.fromEntries(columns);
}

function columnOf(name: string, property: z.infer<typeof propertySchema>): FieldColumn {
  const { type, anyOf = [] } = property;
  const description = property.description.replace(/\.$/, '');
  const kind = type ?? anyOf.find((option) => option.type !== 'null')?.type;
  if (kind === 'string') return { type: 'utf8', unit: '-', description };
  if (kind !== 'integer' && kind !== 'number')
    throw new Error(`The setting ${name} has a type for which exports have no column type.`);
  return {
    type: kind === 'integer' ? 'int32' : 'float64',
    unit: name === 'seed' ? '-' : '1',
    description,
  };
}
