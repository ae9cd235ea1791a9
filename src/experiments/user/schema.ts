import { z } from 'zod';
import type { PluginPart } from '../../task/experiment.js';
import { experimentNames } from '../../task/registry.js';
import { MAX_SEED } from '../../task/setting-values.js';
import type { UserSetting } from './definition.js';
import { MAX_STEPS, schemaOf } from './settings.js';

const MAX_SETTINGS = 50;
/** A failed task keeps a row of them, with its step. */
const MAX_COLUMNS = 99;
const MAX_CHOICES = 100;

const identifier = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'expected a name of letters and digits, such as learningRate' })
  // A lookup of such a name would find what every object inherits.
  .refine((name) => !(name in Object.prototype), { error: 'expected a name that JavaScript has no use for' });
const text = z.string().min(1).max(200);
const method = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', {
  error: 'expected a function',
});

/** What tells tasks apart in exports, and what logs count by. */
const EXPORTED = ['task', 'name', 'state', 'step'];

const setting = z
  .strictObject({
    type: z.enum(['integer', 'number', 'boolean', 'choice']),
    description: text,
    unit: text.optional(),
    default: z.union([z.string(), z.number(), z.boolean()]).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    values: z.array(text).min(1).max(MAX_CHOICES).optional(),
  })
  .refine(({ type, values }) => (type === 'choice') === (values !== undefined), {
    error: 'expected `values` for a choice, and for nothing else',
  })
  .refine(({ type, min, max }) => type === 'integer' || type === 'number' || (min ?? max) === undefined, {
    error: 'expected `min` and `max` for numbers alone',
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
  .refine((own) => own.default === undefined || schemaOf(own as UserSetting).safeParse(own.default).success, {
    path: ['default'],
    error: 'expected a value that the setting may have',
  });

const columns = z
  .array(z.strictObject({ name: identifier, unit: text, description: text }))
  .min(1)
  .max(MAX_COLUMNS);

/** Names that exports, settings and logs have already. */
const TAKEN = [
  ...EXPORTED,
  'kind',
  'experiment',
  'seed',
  'steps',
  'evaluateEverySteps',
  'logEverySteps',
  'engine',
];

const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'expected a name of a-z, 0-9 and -, such as mlp-classifier' }),
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
const steps = z.int().min(1).max(MAX_STEPS);

/** The parts `experiments` of plugins. */
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
        run: method,
      }),
    ])
    .superRefine(({ settings, columns: logs }, context) => {
      for (const [log, own] of Object.entries(logs)) {
        const taken = new Set([...TAKEN, ...Object.keys(settings)]);
        for (const [index, { name }] of own.entries()) {
          if (taken.has(name))
            context.addIssue({
              code: 'custom',
              path: ['columns', log, index, 'name'],
              message: `${name} is the name of a setting, or of another column: choose another name`,
            });
          taken.add(name);
        }
      }
    }),
  takenNames: () => experimentNames(),
};

const stored = z
  .object({
    kind: z.enum(['training', 'function']),
    experiment: common.name,
    seed: z.int().min(0).max(MAX_SEED),
  })
  .catchall(z.union([z.string().max(200), z.number(), z.boolean()]));

/** What a task keeps of its settings, in their order, which is in its bytes. The plugin that could say more need not be there. */
export const storedSettings = z.custom<z.output<typeof stored>>((value) => stored.safeParse(value).success, {
  error: "not the settings of a plugin's experiment",
});
