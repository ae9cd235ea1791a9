import { z } from 'zod';
import type { PluginPart } from '../../../task/experiment.js';
import { EXPORTED_COLUMNS, identifier, method, partName, shortText } from '../../../task/plugin-schemas.js';
import { experimentNames } from '../../../task/registry.js';
import { storedSettingNames } from '../settings/stored-settings.js';

const width = z.int().min(1).max(10_000);

/** The parts that a plugin can add to the training of VAEs. */
export const vaePluginParts: Readonly<Record<string, PluginPart>> = {
  datasets: {
    schema: z.strictObject({
      name: partName,
      defaults: z.strictObject({
        steps: z.int().min(1).max(100_000_000),
        learningRate: z.number().min(1e-12).max(10),
        hiddenWidths: z.array(width).max(10),
        initialDecoderLogVariance: z
          .number()
          .refine((value) => value !== 0, { error: 'expected a number other than 0' }),
      }),
      coordinates: method,
      sourceDim: method,
      parameterShapes: method.optional(),
      points: method,
    }),
    takenNames: () => experimentNames(),
  },
  metrics: {
    schema: z.strictObject({
      name: identifier,
      type: z.enum(['int32', 'float64', 'list']),
      unit: shortText,
      description: shortText,
      title: shortText.optional(),
      short: shortText.optional(),
      isLog: z.boolean().optional(),
      startsAtZero: z.boolean().optional(),
      compute: method,
    }),
    takenNames: async () => {
      const { builtInColumns } = await import('../metrics/columns.js');
      return [...builtInColumns(), ...storedSettingNames, ...EXPORTED_COLUMNS];
    },
  },
  reports: {
    schema: z.strictObject({ name: partName, title: shortText, make: method }),
    takenNames: () => [],
  },
};
