import type { Experiment } from '../../task/experiment.js';
import type { InstalledPlugin } from '../../task/plugins.js';
import { SEED_DISPLAY, type SettingDisplay } from '../../task/setting-display.js';
import type { SettingValue } from '../../task/setting-values.js';
import { chooseVersions, type Settings, type Versions } from '../../task/task.js';
import { KIND_COLUMN, MAX_ROWS, type FieldColumn } from '../../task/column.js';
import { formatCount } from '../../units.js';
import type { UserExperiment, UserFunctionExperiment } from './definition.js';
import { asUserSettings, pluginOf } from './installed-experiments.js';
import { columnOf, schemaOf, settingsOf } from './settings.js';

type RowsExperiment = Exclude<UserExperiment, { readonly form: 'training' }>;

/** The properties that depend only on the form. */
const FORMS = {
  training: {
    unit: 'step',
    isResumable: true,
    continuation: 'steps',
    diskAdvice: 'log fewer steps (--set logEverySteps=10)',
    dependsOnCpu: true,
    startsProgram: false,
    worker: new URL('./training-worker.js', import.meta.url),
  },
  function: {
    unit: 'row',
    isResumable: false,
    continuation: null,
    diskAdvice: null,
    dependsOnCpu: false,
    startsProgram: false,
    worker: new URL('./function-worker.js', import.meta.url),
  },
  command: {
    unit: 'row',
    isResumable: false,
    continuation: null,
    diskAdvice: null,
    dependsOnCpu: true,
    startsProgram: true,
    worker: new URL('./command-worker.js', import.meta.url),
  },
} as const satisfies Record<UserExperiment['form'], Partial<Experiment>>;
/** Assumed duration until a task has finished, if the experiment declares none. */
const ASSUMED_MICROSECONDS_PER_STEP = 100;
/** Schemas, record batch headers, JSON files and partially filled disk blocks. */
const TASK_OVERHEAD_BYTES = 32 * 1024;
const FLOAT64_BYTES = 8;

/** Converts a plugin's definition to an experiment. */
export function toExperiment(definition: UserExperiment): Experiment {
  const { name, form } = definition;
  const declared = Object.entries(settingsOf(definition));
  const isTraining = form === 'training';
  const steps = (settings: Settings) => stepsOf(definition, settings);
  const variants = declared.flatMap(([setting, { type }]) =>
    type === 'choice' || type === 'boolean' ? [setting] : [],
  );
  const microseconds = definition.microsecondsPerStep ?? ASSUMED_MICROSECONDS_PER_STEP;
  return {
    ...withoutPlugin(name, form),
    isResumable: isTraining || definition.resumable === true,
    schemas: Object.fromEntries(declared.map(([setting, own]) => [setting, schemaOf(setting, own)])),
    required: declared.flatMap(([setting, own]) => (own.default === undefined ? [setting] : [])),
    resolve: (values) => {
      const resolved = declared.map(([setting, own]) => [setting, values[setting] ?? own.default] as const);
      return { kind: form, experiment: name, ...Object.fromEntries(resolved) };
    },
    problems: (_values, settings) => {
      const count = definition.form === 'training' ? 0 : maxRows(definition, settings);
      return typeof count === 'number' ? [] : [{ settings: [], message: `${name}: ${count.problem}` }];
    },
    folderName: (settings) => folderName(definition, settings),
    versions: (_settings, installed) => ({
      ...(isTraining && chooseVersions(installed, ['tensorflow', 'loops'])),
      plugins: hashOf(pluginOf(name)),
    }),
    cost: (settings) => ({
      microsecondsPerStep: microseconds,
      trainingMs: (steps(settings) * microseconds) / 1_000,
      bytes: TASK_OVERHEAD_BYTES + steps(settings) * bytesPerStep(definition, settings),
      isAssumed: definition.microsecondsPerStep === undefined,
    }),
    steps,
    // Choices and booleans can change which operations are used.
    warmUpKey: (settings) =>
      isTraining ? JSON.stringify([name, ...variants.map((setting) => valueOf(settings, setting))]) : null,
    display: {
      ...Object.fromEntries(Object.keys(definition.settings).map(inFolderName)),
      seed: SEED_DISPLAY,
    },
    columns: {
      ...IDENTITY,
      ...Object.fromEntries(declared.map(([setting, own]) => [setting, columnOf(setting, own)])),
    },
  };
}

const IDENTITY: Readonly<Record<string, FieldColumn>> = {
  kind: KIND_COLUMN,
  experiment: { type: 'utf8', unit: '-', description: "The plugin's experiment" },
};

const MAX_NAME_CHARACTERS = 120;

/** Returns a task's training steps or its maximum number of rows; 0 if its plugin can no longer compute it. */
function stepsOf(definition: UserExperiment, settings: Settings): number {
  if (definition.form === 'training') return Number(valueOf(settings, 'steps'));
  const count = maxRows(definition, settings);
  return typeof count === 'number' ? count : 0;
}

/** Returns the maximum number of rows of a task, or the problem with the number that its experiment declares. */
function maxRows(definition: RowsExperiment, settings: Settings): number | { readonly problem: string } {
  try {
    const count = declaredRows(definition, settings);
    if (Number.isSafeInteger(count) && Number(count) >= 0 && Number(count) <= MAX_ROWS) return Number(count);
    return {
      problem: `expected \`rows\` to return a whole number from 0 to ${formatCount(MAX_ROWS)}, got ${String(count)}`,
    };
  } catch (error) {
    return { problem: `\`rows\` failed (${error instanceof Error ? error.message : String(error)})` };
  }
}

/** Returns the declared number of rows. It is unchecked, because a user's function can return anything. */
function declaredRows(definition: RowsExperiment, settings: Settings): unknown {
  if (typeof definition.rows === 'number') return definition.rows;
  if (typeof definition.rows === 'string') return valueOf(settings, definition.rows);
  return (definition as UserFunctionExperiment).rows(asUserSettings(settings));
}

function inFolderName(setting: string): [string, SettingDisplay] {
  return [setting, { isInFolderName: true }];
}

/** Returns a name with the declared settings in their order, for example `mlp-classifier-16-0.5-seed2`. */
function folderName({ name, settings: declared }: UserExperiment, settings: Settings): string {
  const values = Object.keys(declared).map((setting) => String(valueOf(settings, setting)));
  const readable = [name, ...values].join('-').replaceAll(/[^A-Za-z0-9.+-]/g, '_');
  return `${readable.slice(0, MAX_NAME_CHARACTERS)}-seed${String(valueOf(settings, 'seed'))}`;
}

/** Returns an experiment whose plugin is not installed. Its tasks can be listed, verified, merged and deleted, but not run. */
export function withoutPlugin(name: string, form: UserExperiment['form']): Experiment {
  return {
    name,
    schemas: {},
    required: [],
    resolve: () => {
      throw new Error(`The plugin that defines the experiment ${name} is not installed.`);
    },
    problems: () => [],
    settingOf: valueOf,
    folderName: () => name,
    versions: (_settings, installed) => installed,
    cost: () => ({ microsecondsPerStep: 0, trainingMs: 0, bytes: 0 }),
    ...FORMS[form],
    steps: (settings) => Number(valueOf(settings, 'steps') ?? 0),
    tables: [],
    sample: null,
    display: { seed: SEED_DISPLAY },
    columns: IDENTITY,
    details: async () => (await import('./details.js')).detailsOf(name, form),
    warmUpKey: () => null,
  };
}

function hashOf({ name, hash }: InstalledPlugin): Versions[string] {
  return { [name]: hash };
}

function bytesPerStep(definition: UserExperiment, settings: Settings): number {
  if (definition.form !== 'training') return definition.columns.rows.length * FLOAT64_BYTES;
  const { steps, evaluations } = definition.columns;
  const everySteps = (name: string) => Number(valueOf(settings, name));
  return (
    ((steps.length + 1) * 4) / everySteps('logEverySteps') +
    (evaluations.length * FLOAT64_BYTES) / everySteps('evaluateEverySteps')
  );
}

function valueOf(settings: Settings, name: string): SettingValue {
  return asUserSettings(settings)[name] ?? null;
}
