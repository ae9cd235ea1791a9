import { z } from 'zod';
import type { DeclaredSetting } from '../../../task/declared-settings.js';
import { formatThreshold, parseThreshold, THRESHOLD_EXPECTED } from './threshold.js';

const thresholdSchema = z
  .union([z.number(), z.string()], { error: THRESHOLD_EXPECTED })
  .transform((value, context) => {
    const logVariance = parseThreshold(value);
    if (logVariance !== undefined) return logVariance;
    context.addIssue({ code: 'custom', message: THRESHOLD_EXPECTED });
    return z.NEVER;
  });

const thresholdField = { decoderLogVarianceThreshold: z.number().nullable() };

export const decoderVarianceThreshold: DeclaredSetting<
  number | null,
  typeof thresholdField,
  unknown,
  number | string
> = {
  schema: thresholdSchema.describe(
    'Lower bound of the decoder variance eps^2: e^-4, a number, or none. Default: none.',
  ),
  defaultOf: () => null,
  stored: thresholdField,
  columns: {
    decoderLogVarianceThreshold: {
      type: 'float64',
      unit: '1',
      description: 'Lower bound of log eps^2; null for none',
    },
  },
  store: (value) => ({ decoderLogVarianceThreshold: value }),
  read: ({ decoderLogVarianceThreshold }) => decoderLogVarianceThreshold,
  isCompiled: false,
  display: {
    format: (value) => formatThreshold(value as number | null),
    short: 'threshold',
    isInFolderName: true,
  },
};

/** Absent for a constant bound, so that such tasks keep their ids. */
const finalField = { finalDecoderLogVarianceThreshold: z.number().exactOptional() };

/** The bound at the end of training, if the bound is annealed. */
export const finalDecoderVarianceThreshold: DeclaredSetting<
  number | null,
  typeof finalField,
  unknown,
  number | string
> = {
  schema: thresholdSchema.describe(
    'Lower bound of the decoder variance at the end of training. log eps^2 of the bound is linear in the step, from ' +
      'decoderVarianceThreshold before the first step, so that a task with more steps has another bound at the same step. ' +
      'Below decoderVarianceThreshold. Default: none, which keeps the bound constant.',
  ),
  defaultOf: () => null,
  stored: finalField,
  columns: {
    finalDecoderLogVarianceThreshold: {
      type: 'float64',
      unit: '1',
      description: 'Lower bound of log eps^2 at the end of training; null for a constant bound',
    },
  },
  store: (value) => (value === null ? {} : { finalDecoderLogVarianceThreshold: value }),
  read: ({ finalDecoderLogVarianceThreshold: value = null }) => value,
  // A constant bound has another program. The value itself is an input.
  isCompiled: true,
  display: {
    format: (value) => formatThreshold(value as number | null),
    short: 'final threshold',
    isInFolderName: true,
  },
};
