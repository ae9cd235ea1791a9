import { z } from 'zod';
import { formatCount } from '../units.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import { experimentFamilies, experimentNamed, experimentNames } from '../task/registry.js';
import { oneOf } from '../task/setting-values.js';
import { HALVING_KEYS, halvingSchema, SAMPLE_KEYS, sampleSchema } from './search-schema.js';
import { SPACE_KEYS, spaceSchema, type SpaceEntry } from './space-schema.js';

const MAX_VALUES = 100_000;
const MAX_CELLS = 1_000;
const MAX_SWEEPS = 100;

const FILE_EXPECTED = 'expected a mapping with `experiment` and `grid`, or with `sweeps`';
const CELL_EXPECTED = 'expected a mapping of settings to values';
export const NAME_EXPECTED =
  'expected a name of up to 64 characters (a-z, 0-9, -) that starts with a letter or digit';
export const nameSchema = z
  .string({ error: NAME_EXPECTED })
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: NAME_EXPECTED });

const heading = {
  name: nameSchema
    .optional()
    .describe("Name of the sweep's folder in out/sweeps. Default: the file's name without .yaml."),
  title: text('a title').optional().describe('Title of the reports.'),
};

/** Lists of values by setting; the grid is their Cartesian product. */
export type Grid = Readonly<Record<string, readonly SettingValue[]>>;

/** Returns the schema of a file that sweeps one experiment. If the experiment is unknown (null), its settings are not checked. */
export function experimentFileSchema(experiment: Experiment | null) {
  const cell =
    experiment === null ? z.unknown().transform((): SettingValues => ({})) : cellSchema(experiment);
  const grid = experiment === null ? z.unknown().transform((): Grid => ({})) : gridSchema(experiment);
  const space =
    experiment === null
      ? z.unknown().transform((): Readonly<Record<string, SpaceEntry>> => ({}))
      : spaceSchema(experiment, cell);
  const tables = experimentNames().flatMap((name) => experimentNamed(name).tables);
  return z.strictObject(
    {
      ...heading,
      experiment: oneOf(experimentNames()).describe(
        `What each task does: ${experimentFamilies()
          .map(({ summary }) => summary)
          .join(', or ')}.`,
      ),
      table: oneOf([...new Set(tables)])
        .optional()
        .describe('Published table that the tasks reproduce. Reports compare the results with its numbers.'),
      grid: grid
        .optional()
        .describe(
          'Settings with a list of values each. Each combination of the values is a cell, which is one task.',
        ),
      sample: sampleSchema
        .optional()
        .describe(
          'Points of `space` to draw. Each point is combined with each combination of `grid`. The points depend on this file only, except ' +
            'those of the method tpe, which depend on results too.',
        ),
      space: space
        .optional()
        .describe('Settings whose values are drawn, each with a distribution. Requires `sample`.'),
      halving: halvingSchema
        .optional()
        .describe(
          'Successive halving: the cells, without their seeds, are candidates. All candidates train for a few steps, and only the best ' +
            'continue with more steps.',
        ),
      settings: cell.optional().describe('Settings that are the same in all cells.'),
      include: cells(cell)
        .optional()
        .describe(
          'Additional cells. An entry takes all values of the grid keys that it leaves out, and the values of all points for the ' +
            'settings of `space` that it leaves out. It overrides `settings`. A file with `include` and without `grid` or `space` has ' +
            'only these cells.',
        ),
      exclude: cells(cell)
        .optional()
        .describe(
          'Cells of `grid` and `space` to leave out: those that match all values of at least one entry.',
        ),
    },
    { error: FILE_EXPECTED },
  );
}

/** Returns the schema of a mapping from settings to single values. */
export function cellSchema({ schemas }: Experiment) {
  const fields = Object.entries(schemas).map(([name, schema]) => [name, schema.optional()] as const);
  return z
    .strictObject(Object.fromEntries(fields), { error: CELL_EXPECTED })
    .transform((values) => values as SettingValues);
}

function gridSchema({ schemas }: Experiment) {
  const fields = Object.entries(schemas).map(([name, schema]) => [name, listOf(schema).optional()] as const);
  return z
    .strictObject(Object.fromEntries(fields), { error: 'expected a mapping of settings to lists of values' })
    .transform((lists) => lists as Grid);
}

const listEntryFields = {
  file: text("a sweep file's path"),
  set: z
    .custom<Readonly<Record<string, unknown>>>(isMapping, { error: CELL_EXPECTED })
    .optional()
    .describe('Settings that replace those of the listed file, like --set.'),
};

/** A listed file: its path, or a mapping with the path and settings that replace those of the file. */
const listEntry = z.preprocess(
  (entry) => (typeof entry === 'string' ? { file: entry } : entry),
  z.strictObject(listEntryFields, { error: "expected a sweep file's path, or { file, set }" }),
);

/** The schema of a file that lists other sweep files. */
export const listFileSchema = z.strictObject(
  {
    ...heading,
    sweeps: z
      .array(listEntry, { error: 'expected a list of sweep files' })
      .min(1, { error: 'expected at least one sweep file' })
      .max(MAX_SWEEPS, { error: `expected up to ${MAX_SWEEPS} sweep files` })
      .describe('Paths of other sweep files, relative to this file.'),
  },
  { error: FILE_EXPECTED },
);

export type ListFile = z.output<typeof listFileSchema>;

/** Returns the keys that are allowed at the path of an unknown key. */
export function allowedKeys(
  path: readonly PropertyKey[],
  file: 'list' | Experiment | null,
): readonly string[] {
  if (file === 'list') return Object.keys(path.length > 0 ? listEntryFields : listFileSchema.shape);
  if (path[0] === 'sample') return SAMPLE_KEYS;
  if (path[0] === 'halving') return HALVING_KEYS;
  if (path[0] === 'space' && path.length === 2) return SPACE_KEYS;
  if (path.length > 0) return Object.keys(file?.schemas ?? {});
  return Object.keys(experimentFileSchema(file).shape);
}

function listOf(schema: z.ZodType<SettingValue>) {
  return z
    .array(schema, { error: 'expected a list of values, such as [1, 2]' })
    .min(1, { error: 'expected a list of at least one value' })
    .max(MAX_VALUES, { error: `expected a list of up to ${formatCount(MAX_VALUES)} values` });
}

function cells(cell: z.ZodType<SettingValues>) {
  const error = `expected a list of up to ${formatCount(MAX_CELLS)} cells, such as [{ seed: 2 }]`;
  return z.array(cell, { error }).max(MAX_CELLS, { error });
}

function text(what: string) {
  const error = `expected ${what} of 1 to 200 characters`;
  return z.string({ error }).min(1, { error }).max(200, { error });
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
