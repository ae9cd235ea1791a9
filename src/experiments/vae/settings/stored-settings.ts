import { z } from 'zod';
import { derivedTraining } from './training-settings.js';

/** The stored settings of a task that trains. */
export const storedSettings = z.object({
  kind: z.literal('train'),
  /** Part of the folder's name. The data of a plugin are unknown if the plugin is not installed, so any name is accepted. */
  experiment: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  ...derivedTraining.storedShape,
});

/** The names of all fields of a stored task's settings. */
export const storedSettingNames: readonly string[] = Object.keys(storedSettings.shape);
