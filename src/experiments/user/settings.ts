import { z } from 'zod';
import type { FieldColumn } from '../../task/column.js';
import { MAX_SEED, numberWithin, oneOf, trueOrFalse, wholeNumber } from '../../task/setting-values.js';
import type { SettingValue } from '../../task/setting-values.js';
import type { UserExperiment, UserSetting } from './definition.js';

export const MAX_STEPS = 100_000_000;

const seed: UserSetting = {
  type: 'integer',
  description: 'Seed of all random numbers',
  unit: '-',
  default: 0,
  min: 0,
  max: MAX_SEED,
};

/** Returns the settings of an experiment: those that it declares, the seed, and those that its form adds. */
export function settingsOf(experiment: UserExperiment): Readonly<Record<string, UserSetting>> {
  if (experiment.form !== 'training') return { ...experiment.settings, seed };
  const steps = (description: string, value: number): UserSetting => ({
    type: 'integer',
    description,
    unit: 'step',
    default: value,
    min: 1,
    max: MAX_STEPS,
  });
  const { defaults } = experiment;
  return {
    ...experiment.settings,
    seed,
    steps: steps('Training steps', defaults.steps),
    evaluateEverySteps: steps('Steps between two evaluations', defaults.evaluateEverySteps),
    logEverySteps: steps('Steps between two rows of the step log', 1),
    engine: {
      type: 'choice',
      description:
        'c: compiled to C; xla: compiled by XLA; eager: step by step; auto: c if it supports all operations, otherwise xla',
      unit: '-',
      default: 'auto',
      values: ['auto', 'c', 'xla', 'eager'],
    },
  };
}

/** Returns the schema that validates a setting's value in a sweep file. */
export function schemaOf(name: string, setting: UserSetting): z.ZodType<SettingValue> {
  const { description = name, default: value } = setting;
  const byDefault = value === undefined ? '' : ` Default: ${String(value)}.`;
  return valueSchema(setting).describe(`${description.replace(/\.$/, '')}.${byDefault}`);
}

function valueSchema({ type, min, max, values = [] }: UserSetting): z.ZodType<SettingValue> {
  switch (type) {
    case 'integer':
      return wholeNumber(min ?? -MAX_SEED, max ?? MAX_SEED);
    case 'number':
      return numberWithin(min ?? -Number.MAX_VALUE, max ?? Number.MAX_VALUE);
    case 'boolean':
      return trueOrFalse();
    case 'choice':
      return oneOf(values);
  }
}

const COLUMN_TYPES = { integer: 'int32', number: 'float64', boolean: 'bool', choice: 'utf8' } as const;

/** Returns the export column of a setting. */
export function columnOf(name: string, { type, unit = '1', description = name }: UserSetting): FieldColumn {
  return { type: COLUMN_TYPES[type], unit, description };
}
