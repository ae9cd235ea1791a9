import { z } from 'zod';
import { chooseVersions } from '../../../task/task.js';
import type { Experiment } from '../../../task/experiment.js';
import { DIMENSIONS_DISPLAY, SEED_DISPLAY } from '../../../task/setting-display.js';
import { quantities } from '../computations/quantities.js';
import { MAX_DIM } from '../computations/setting-schemas.js';
import type { SettingProblem, SettingValue } from '../../../task/setting-values.js';
import { settingColumns } from './setting-columns.js';
import type { TheorySettings } from './theory-settings.js';

const WORKER = new URL('../worker.js', import.meta.url);
/** Schemas, record batch headers, JSON files and partially filled disk blocks. */
const TASK_OVERHEAD_BYTES = 32 * 1024;
const FLOAT64_BYTES = 8;

/** The parts of an experiment that differ between the computations. */
interface TheoryDefinition<Own extends TheorySettings> {
  readonly kind: Own['kind'];
  /** The schema of the task's settings, with defaults. */
  readonly schema: z.ZodType<Own> & { readonly shape: Readonly<Record<string, z.ZodType>> };
  /** The three settings that a sweep file sets as `dimensions`, by their names there. */
  readonly dimensions?: Readonly<Record<string, keyof Own & string>>;
  /** Returns the middle parts of a task's folder name, between the kind with the dimensions and the seed. */
  readonly nameParts: (settings: Own) => readonly string[];
  readonly problems: (settings: Own) => readonly SettingProblem[];
  /** Returns the maximum number of rows. */
  readonly maxRows: (settings: Own) => number;
  /** Returns the expected number of rows. Default: `maxRows`. */
  readonly likelyRows?: (settings: Own) => number;
  /**
   * Estimates the duration on one core in milliseconds, within a factor of two of the means of the default sweeps on a shared machine. A
   * single task can take ten times as long.
   */
  readonly ms: (settings: Own) => number;
}

/** Returns a computation of the paper's theory as an experiment. */
export function theoryExperiment<Own extends TheorySettings>(
  definition: TheoryDefinition<Own>,
): Experiment<Own> {
  const { kind, schema, nameParts, maxRows, likelyRows = maxRows, ms } = definition;
  const columns = Object.keys(quantities[kind].columns).length;
  const dimensions = Object.entries(definition.dimensions ?? {});
  const dims = dimensions.map(([, name]) => name);
  const isDim = (name: string) => dims.some((dim) => dim === name);
  const fields = Object.entries(schema.shape).filter(([name]) => name !== 'kind' && !isDim(name));
  const common = dims.length === 0 ? [] : ['dimensions'];
  const dimsOf = (settings: Own) => dims.map((name) => Number(settings[name]));
  return {
    name: kind,
    schemas: {
      ...(dims.length > 0 && { dimensions: dimensionsSchema(dimensions, schema.shape) }),
      ...Object.fromEntries(fields.map(([name, field]) => [name, withoutDefault(field)])),
    },
    required: [...common, ...fields.filter(([, field]) => !isDefault(field)).map(([name]) => name)],
    resolve: ({ dimensions: given, ...values }) => {
      const own = Array.isArray(given) ? dims.map((name, i) => [name, (given as number[])[i]] as const) : [];
      return schema.parse({ kind, ...Object.fromEntries(own), ...values });
    },
    problems: (_values, settings) =>
      definition.problems(settings).map(({ settings: names, message }) => ({
        settings: names.map((name) => (isDim(name) ? 'dimensions' : name)),
        message,
      })),
    settingOf: (settings, name) =>
      name === 'dimensions' ? dimsOf(settings) : (settings[name as keyof Own] as SettingValue),
    folderName: (settings) =>
      [kind, ...dimsOf(settings), ...nameParts(settings), `seed${settings.seed}`].join('-'),
    versions: (_settings, installed) => chooseVersions(installed, ['theory']),
    cost: (settings) => ({
      microsecondsPerStep: (ms(settings) * 1_000) / maxRows(settings),
      trainingMs: ms(settings),
      bytes: TASK_OVERHEAD_BYTES + likelyRows(settings) * columns * FLOAT64_BYTES,
    }),
    unit: 'row',
    steps: maxRows,
    isResumable: false,
    startsProgram: false,
    continuation: null,
    tables: [],
    diskAdvice: null,
    dependsOnCpu: false,
    worker: WORKER,
    sample: null,
    display: {
      seed: SEED_DISPLAY,
      dimensions: { ...DIMENSIONS_DISPLAY, parts: Object.keys(definition.dimensions ?? {}).join('-') },
    },
    columns: settingColumns(schema),
    details: async () => (await import('../details.js')).details,
    warmUpKey: () => null,
  };
}

function dimensionsSchema(
  dimensions: readonly (readonly [string, string])[],
  shape: Readonly<Record<string, z.ZodType>>,
): z.ZodType<SettingValue> {
  const names = dimensions.map(([name]) => name).join(', ');
  const [first, ...others] = dimensions.map(([, name]) => shape[name] as z.ZodType<number>);
  if (first === undefined) throw new Error('`dimensions` requires at least one setting.');
  return z
    .tuple([first, ...others], {
      error: `expected [${names}], three whole numbers from 1 to ${MAX_DIM}`,
    })
    .describe(`Dimensions of the data, of the space that contains them, and of the model: [${names}].`);
}

function isDefault(field: z.ZodType): field is z.ZodDefault {
  return field instanceof z.ZodDefault;
}

/** Removes the default from a setting's schema, because another part of the sweep file can set a value that a cell does not. */
function withoutDefault(field: z.ZodType): z.ZodType<SettingValue> {
  if (!isDefault(field)) return field as z.ZodType<SettingValue>;
  const { defaultValue } = field.def as { readonly defaultValue: string | number | null };
  const described = `${field.description ?? ''} Default: ${defaultValue ?? 'none'}.`.trimStart();
  return (field.unwrap() as z.ZodType<SettingValue>).describe(described);
}
