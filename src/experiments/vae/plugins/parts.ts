import { z } from 'zod';
import type { PluginPart } from '../../../task/experiment.js';
import { experimentNames } from '../../../task/registry.js';
import { storedSettingNames } from '../settings/stored-settings.js';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'expected a name of a-z, 0-9 and -, as flat-torus' });
const title = z.string().min(1).max(200);
const method = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', {
  error: 'expected a function',
});
const width = z.int().min(1).max(10_000);

/** What tells tasks apart in exports, beside their settings. */
const EXPORTED = ['task', 'name', 'state'];

/** What a plugin may add to the training of VAEs. */
export const vaePluginParts: Readonly<Record<string, PluginPart>> = {
  datasets: {
    schema: z.strictObject({
      name,
      defaults: z.strictObject({
        steps: z.int().min(1).max(100_000_000),
        learningRate: z.number().min(1e-12).max(10),
        hiddenWidths: z.array(width).max(10),
        initialDecoderLogVariance: z
          .number()
          .refine((value) => value !== 0, { error: 'expected other than 0' }),
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
      name: z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'expected a name as torusError' }),
      type: z.enum(['int32', 'float64', 'list']),
      unit: title,
      description: title,
      compute: method,
    }),
    takenNames: async () => {
      const { builtInColumns } = await import('../metrics/columns.js');
      return [...builtInColumns(), ...storedSettingNames, ...EXPORTED];
    },
  },
  reports: { schema: z.strictObject({ name, title, make: method }), takenNames: () => [] },
};
