import path from 'node:path';
import { z } from 'zod';
import type { PluginPart } from '../../task/experiment.js';
import { EXPORTED_COLUMNS, identifier, method, partName, shortText } from '../../task/plugin-schemas.js';
import { MAX_ROWS } from '../../task/column.js';
import { experimentNames } from '../../task/registry.js';
import { MAX_SEED } from '../../task/setting-values.js';
import type { UserCommandExperiment, UserSetting } from './definition.js';
import { MAX_STEPS, schemaOf } from './settings.js';

const MAX_SETTINGS = 50;
/** Maximum number of columns of a log. A failed task stores a row of them and its step. */
const MAX_COLUMNS = 99;
const MAX_CHOICES = 100;

const setting = z
  .strictObject({
    type: z.enum(['integer', 'number', 'boolean', 'choice']),
    description: shortText.optional(),
    unit: shortText.optional(),
    default: z.union([z.string(), z.number(), z.boolean()]).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    values: z.array(shortText).min(1).max(MAX_CHOICES).optional(),
  })
  .refine(({ type, values }) => (type === 'choice') === (values !== undefined), {
    error: 'expected `values` if and only if the type is choice',
  })
  .refine(({ type, min, max }) => type === 'integer' || type === 'number' || (min ?? max) === undefined, {
    error: 'expected `min` and `max` only for the types integer and number',
  })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, {
    error: 'expected `min` to be at most `max`',
  })
  .refine(
    ({ type, min = 0, max = 0 }) =>
      type !== 'integer' ||
      [min, max].every((limit) => Number.isInteger(limit) && Math.abs(limit) <= MAX_SEED),
    { error: `expected \`min\` and \`max\` of an integer to be whole numbers up to ${MAX_SEED}` },
  )
  .refine(
    (own) => own.default === undefined || schemaOf('', own as UserSetting).safeParse(own.default).success,
    {
      path: ['default'],
      error: 'expected a valid value of the setting',
    },
  );

const columns = z
  .array(z.strictObject({ name: identifier, unit: shortText.optional(), description: shortText.optional() }))
  .min(1)
  .max(MAX_COLUMNS);

/** Names that exports, settings and logs already use. */
const TAKEN = [
  ...EXPORTED_COLUMNS,
  'step',
  'row',
  'kind',
  'experiment',
  'seed',
  'steps',
  'evaluateEverySteps',
  'logEverySteps',
  'engine',
];

const common = {
  name: partName,
  settings: z
    .record(
      identifier.refine((name) => !TAKEN.includes(name), {
        error: `expected a name other than ${TAKEN.join(', ')}`,
      }),
      setting,
    )
    .refine((settings) => Object.keys(settings).length <= MAX_SETTINGS, {
      error: `expected at most ${MAX_SETTINGS} settings`,
    }),
  microsecondsPerStep: z.number().min(0.001).max(1e9).optional(),
};
const relativePath = z
  .string()
  .min(1)
  .max(1_000)
  .refine((file) => !path.isAbsolute(file), { error: 'expected a path relative to this file' });
const steps = z.int().min(1).max(MAX_STEPS);

const command = z.strictObject({
  form: z.literal('command'),
  ...common,
  columns: z.strictObject({ rows: columns }),
  rows: z.union([z.int().min(1).max(MAX_ROWS), z.string()]),
  command: z.array(z.string().min(1).max(1_000)).min(1).max(100),
  files: z.array(relativePath).max(100).optional(),
  resumable: z.boolean().optional(),
});

/** The part `experiments` of plugins. */
export const experimentPart: PluginPart = {
  schema: z
    .discriminatedUnion('form', [
      z.strictObject({
        form: z.literal('training'),
        ...common,
        defaults: z.strictObject({ steps, evaluateEverySteps: steps }),
        columns: z.strictObject({ steps: columns, evaluations: columns }),
        training: method,
      }),
      z.strictObject({
        form: z.literal('function'),
        ...common,
        columns: z.strictObject({ rows: columns, summary: columns }),
        rows: method,
        resumable: z.boolean().optional(),
        run: method,
      }),
      command,
    ])
    .superRefine((experiment, context) => {
      const { settings, columns: logs } = experiment;
      if (
        experiment.form === 'command' &&
        typeof experiment.rows === 'string' &&
        settings[experiment.rows]?.type !== 'integer'
      )
        context.addIssue({
          code: 'custom',
          path: ['rows'],
          message: 'expected a whole number, or the name of a setting of type integer',
        });
      for (const [log, own] of Object.entries(logs)) {
        const taken = new Set([...TAKEN, ...Object.keys(settings)]);
        for (const [index, { name }] of own.entries()) {
          if (taken.has(name))
            context.addIssue({
              code: 'custom',
              path: ['columns', log, index, 'name'],
              message: `the name ${name} is already used by a setting or another column: choose another name`,
            });
          taken.add(name);
        }
      }
    }),
  takenNames: () => experimentNames(),
  files: (part) => (part as UserCommandExperiment).files ?? [],
  declaration: command,
};

const stored = z
  .object({
    kind: z.enum(['training', 'function', 'command']),
    experiment: common.name,
    seed: z.int().min(0).max(MAX_SEED),
  })
  .catchall(z.union([z.string().max(200), z.number(), z.boolean()]));

/** The stored settings of a task. Their order is preserved, because it is part of the stored bytes. The plugin need not be installed. */
export const storedSettings = z.custom<z.output<typeof stored>>((value) => stored.safeParse(value).success, {
  error: "not the settings of a plugin's experiment",
});
