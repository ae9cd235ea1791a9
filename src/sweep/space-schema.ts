import { z } from 'zod';
import { formatCount } from '../units.js';
import { quantile, type Distribution, type RangeDistribution } from '../search/distributions.js';
import type { SpaceSetting } from '../search/space.js';
import type { Experiment } from '../task/experiment.js';
import { isSameSetting } from '../task/settings.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';

const MAX_CHOICES = 1_000;
/** Larger ranges have more whole numbers than a coordinate of 32 bits distinguishes. */
const MAX_WHOLE_NUMBERS = 2 ** 31;

/** A setting of a space without its name. */
export type SpaceEntry = Omit<SpaceSetting, 'name'>;

const KINDS = ['uniform', 'logUniform', 'intUniform', 'normal', 'choice'] as const;

/** The keys of an entry of a space. */
export const SPACE_KEYS = [...KINDS, 'when'] as const;

const ENTRY_EXPECTED = `expected one distribution: ${KINDS.join(', ')}, for example { uniform: [0, 1] }`;

/** Returns the schema of a mapping from settings to distributions. @param cell the schema of the values in `when` */
export function spaceSchema({ schemas }: Experiment, cell: z.ZodType<SettingValues>) {
  const fields = Object.entries(schemas).map(
    ([name, schema]) => [name, entrySchema(schema, cell).optional()] as const,
  );
  return z
    .strictObject(Object.fromEntries(fields), {
      error:
        'expected a mapping of settings to distributions, such as { learningRate: { logUniform: [1e-5, 1e-2] } }',
    })
    .transform((entries) => entries as Readonly<Record<string, SpaceEntry>>);
}

/** Returns the fields of a space's entry for a setting. */
function entryFields(setting: z.ZodType<SettingValue>, cell: z.ZodType<SettingValues>) {
  return {
    uniform: pair('low', 'high').describe('[low, high]: numbers between them.'),
    logUniform: pair('low', 'high').describe(
      '[low, high], both above 0: numbers between them whose logarithms are uniform.',
    ),
    intUniform: pair('low', 'high').describe('[low, high]: whole numbers from low to high, including both.'),
    normal: pair('mean', 'standard deviation').describe(
      '[mean, standard deviation]: normally distributed numbers.',
    ),
    choice: z
      .array(setting, { error: 'expected a list of values, such as [1, 2]' })
      .min(1, { error: 'expected a list of at least one value' })
      .max(MAX_CHOICES, { error: `expected a list of up to ${formatCount(MAX_CHOICES)} values` })
      .optional()
      .describe('One of a list of values.'),
    // As a JSON schema this is any mapping: repeating all settings here would square the size of the schema.
    when: z
      .custom<unknown>(isMapping, {
        error: 'expected a mapping of settings to values',
      })
      .pipe(cell)
      .optional()
      .describe(
        'Values of other settings of `space`, `grid` or `settings`. If one of them differs, the cell does not set this setting, which ' +
          'then has its default.',
      ),
  };
}

function entrySchema(setting: z.ZodType<SettingValue>, cell: z.ZodType<SettingValues>) {
  return z
    .strictObject(entryFields(setting, cell), { error: ENTRY_EXPECTED })
    .transform(({ when = {}, ...given }, context): SpaceEntry => {
      // An unknown key, which may be a misspelled distribution.
      if (context.issues.length > 0) return z.NEVER;
      const report = (message: string, ...path: PropertyKey[]) => {
        context.addIssue({ code: 'custom', message, path });
        return z.NEVER;
      };
      const [kind, second] = KINDS.filter((name) => given[name] !== undefined);
      if (kind === undefined || second !== undefined) return report(ENTRY_EXPECTED);
      const distribution = toDistribution(kind, given);
      const problem = rangeProblem(distribution) ?? valueProblem(distribution, setting);
      if (problem !== null) return report(problem.message, kind, ...problem.path);
      return { distribution, when };
    });
}

type Given = Readonly<
  Partial<Record<Exclude<(typeof KINDS)[number], 'choice'>, readonly [number, number]>> & {
    readonly choice?: readonly SettingValue[] | undefined;
  }
>;

function toDistribution(kind: (typeof KINDS)[number], given: Given): Distribution {
  if (kind === 'choice') return { kind, values: given.choice ?? [] };
  const [first, second] = given[kind] ?? [0, 0];
  return kind === 'normal' ? { kind, mean: first, deviation: second } : { kind, low: first, high: second };
}

interface EntryProblem {
  readonly path: readonly number[];
  readonly message: string;
}

/** Returns what is wrong with a distribution, whatever the setting is. */
function rangeProblem(distribution: Distribution): EntryProblem | null {
  if (distribution.kind === 'choice') return duplicateProblem(distribution.values);
  if (distribution.kind === 'normal')
    return distribution.deviation > 0
      ? null
      : { path: [1], message: 'expected a standard deviation above 0' };
  const { kind, low, high } = distribution;
  if (kind === 'intUniform') {
    const fraction = [low, high].findIndex((end) => !Number.isSafeInteger(end));
    if (fraction >= 0) return { path: [fraction], message: 'expected a whole number, or use `uniform`' };
    if (high - low >= MAX_WHOLE_NUMBERS)
      return {
        path: [],
        message: `expected a range of up to ${formatCount(MAX_WHOLE_NUMBERS)} whole numbers`,
      };
  }
  if (kind === 'logUniform' && low <= 0)
    return { path: [0], message: 'expected a number above 0, which has a logarithm, or use `uniform`' };
  if (low < high) return null;
  return { path: [], message: 'expected [low, high], the smaller number first' };
}

function duplicateProblem(values: readonly SettingValue[]): EntryProblem | null {
  const second = values.findIndex((value, i) =>
    values.slice(0, i).some((other) => isSameSetting(other, value)),
  );
  return second < 0 ? null : { path: [second], message: 'duplicate value: expected distinct values' };
}

/** Returns what the setting does not accept: the ends of the range, or a fraction between them. */
function valueProblem(distribution: Distribution, setting: z.ZodType<SettingValue>): EntryProblem | null {
  if (distribution.kind === 'choice') return null;
  const ends = distribution.kind === 'normal' ? [distribution.mean] : [distribution.low, distribution.high];
  for (const [i, end] of ends.entries()) {
    const result = setting.safeParse(end);
    if (!result.success) return { path: [i], message: result.error.issues[0]?.message ?? 'not allowed' };
  }
  return distribution.kind === 'uniform' || distribution.kind === 'logUniform'
    ? fractionProblem(distribution, setting)
    : null;
}

function fractionProblem(
  distribution: RangeDistribution,
  setting: z.ZodType<SettingValue>,
): EntryProblem | null {
  const between = quantile(distribution, Math.SQRT2 - 1);
  const result = setting.safeParse(between);
  if (result.success) return null;
  const message = result.error.issues[0]?.message ?? 'not allowed';
  return { path: [], message: `${message}, also between the ends: use \`intUniform\` or \`choice\`` };
}

function pair(first: string, second: string) {
  const error = `expected [${first}, ${second}], two numbers`;
  return z
    .tuple([z.number({ error }), z.number({ error })], { error })
    .readonly()
    .optional();
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
