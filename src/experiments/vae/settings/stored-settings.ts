import { z } from 'zod';
import { derivedTraining } from './training-settings.js';

/** What a task that trains keeps of its settings. */
export const storedSettings = z.object({
  kind: z.literal('train'),
  /** It is in the folder's name. A plugin's is unknown where the plugin is not given. */
  experiment: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  ...derivedTraining.storedShape,
});

/** Names of all fields of a stored task's settings. */
export const storedSettingNames: readonly string[] = Object.keys(storedSettings.shape);
