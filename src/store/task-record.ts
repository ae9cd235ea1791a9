import { z } from 'zod';
import type { Task } from '../task/task.js';
import { theorySettingsSchema } from '../experiments/theory/tasks/theory-settings.js';
import { derivedTraining } from '../experiments/vae/settings/training-settings.js';

const count = z.int().min(0);

const trainingRecord = z.object({
  kind: z.literal('train'),
  /** It is in the folder's name. A plugin's is unknown where the plugin is not given. */
  experiment: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  ...derivedTraining.storedShape,
});

/** Names of all settings that a task of training has. */
export const trainingSettingNames: readonly string[] = Object.keys(trainingRecord.shape);

/** What `task.json` holds: the task that its folder is of. */
export const taskRecordSchema = z
  .object({
    id: z.string().regex(/^[0-9a-f]{16}$/),
    name: z.string(),
    settings: z.discriminatedUnion('kind', [trainingRecord, theorySettingsSchema]),
    versions: z.union([
      z.object({
        tensorflow: z.string(),
        numerics: count,
        plugins: z.record(z.string().max(32), z.string().max(64)).exactOptional(),
      }),
      z.object({ theory: count }),
    ]),
  })
  .transform((record, context): Task => {
    const { settings, versions, ...rest } = record;
    if (settings.kind === 'train' && 'numerics' in versions) return { ...rest, settings, versions };
    if (settings.kind !== 'train' && 'theory' in versions) return { ...rest, settings, versions };
    context.addIssue({
      code: 'custom',
      path: ['versions'],
      message: `not those of a task of kind ${settings.kind}`,
    });
    return z.NEVER;
  });
