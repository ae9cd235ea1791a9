import { z } from 'zod';
import type { DeclaredSetting } from '../../../task/declared-settings.js';
import { oneOf } from '../../../task/setting-values.js';

/** Absent for a trained variance, so that such tasks keep their ids. */
const methodField = { decoderVarianceMethod: z.literal('optimal').exactOptional() };

/** How the decoder variance is determined. */
export const decoderVarianceMethod: DeclaredSetting<'trained' | 'optimal', typeof methodField, unknown> = {
  schema: oneOf(['trained', 'optimal']).describe(
    'How the decoder variance eps^2 is determined. trained: a parameter, as in the paper; optimal: the mean squared error of the batch ' +
      'over the ambient dimension, which minimizes the loss (sigma-VAE of Rybkin et al. 2021), so that initialDecoderLogVariance has no ' +
      'effect and cannot be set. Without decoder noise only. Default: trained.',
  ),
  defaultOf: () => 'trained',
  stored: methodField,
  columns: {
    decoderVarianceMethod: {
      type: 'utf8',
      unit: '-',
      description: 'How the decoder variance is determined: trained or optimal',
      show: (stored) => stored ?? 'trained',
    },
  },
  store: (value) => (value === 'trained' ? {} : { decoderVarianceMethod: value }),
  read: (fields) => fields.decoderVarianceMethod ?? 'trained',
  isCompiled: true,
  display: { short: 'decoder variance', isInFolderName: true },
};
