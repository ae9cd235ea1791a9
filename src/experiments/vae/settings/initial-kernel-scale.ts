import { z } from 'zod';
import type { DeclaredSetting } from '../../../task/declared-settings.js';
import { numberWithin } from '../../../task/setting-values.js';

/** Absent for a scale of 1, so that such tasks keep their ids. */
const scaleField = { initialKernelScale: z.number().exactOptional() };

/** The factor of the kernels before the first step. */
export const initialKernelScale: DeclaredSetting<number, typeof scaleField, unknown> = {
  schema: numberWithin(1e-6, 1e6).describe(
    'Factor of all kernels before the first step, which are LeCun normal without it. Drawn parameters only. Default: 1.',
  ),
  defaultOf: () => 1,
  stored: scaleField,
  columns: {
    initialKernelScale: {
      type: 'float64',
      unit: '1',
      description: 'Factor of all kernels before the first step',
      show: (stored) => stored ?? 1,
    },
  },
  store: (value) => (value === 1 ? {} : { initialKernelScale: value }),
  read: (fields) => fields.initialKernelScale ?? 1,
  isCompiled: false,
  display: { short: 'initial scale', isInFolderName: true },
};
