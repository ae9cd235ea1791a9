import { z } from 'zod';
import { wholeNumber, type SettingProblem } from '../../../task/setting-values.js';
import { ambientDimSetting, dimSetting, latentDimSetting, seedSetting } from './setting-schemas.js';

export const badOptimumSchema = z.strictObject({
  kind: z.literal('bad-optimum'),
  intrinsicDim: dimSetting.describe('r*: the dimension of the sigmoid data, which have r* + 1 coordinates.'),
  ambientDim: ambientDimSetting,
  latentDim: latentDimSetting,
  extraDims: dimSetting.describe('s: the number of excess dimensions of the generator.'),
  seed: seedSetting,
  points: wholeNumber(100, 1_000_000).default(4_000).describe('Number of points in a Monte Carlo estimate.'),
  decades: wholeNumber(4, 10).default(6).describe('eps falls from 1 to 10^-decades.'),
  pointsPerDecade: wholeNumber(1, 100).default(2).describe('Number of rows per decade of eps.'),
});
export type BadOptimumSettings = z.output<typeof badOptimumSchema>;

export function badOptimumProblems({
  intrinsicDim,
  ambientDim,
  latentDim,
  extraDims,
}: BadOptimumSettings): SettingProblem[] {
  const found: SettingProblem[] = [];
  const needed = intrinsicDim + extraDims;
  if (ambientDim <= needed)
    found.push({
      settings: ['extraDims', 'ambientDim', 'intrinsicDim'],
      message: `expected extraDims to be less than ambientDim - intrinsicDim = ${ambientDim - intrinsicDim}, got ${extraDims}`,
    });
  if (latentDim < needed)
    found.push({
      settings: ['extraDims', 'latentDim', 'intrinsicDim'],
      message: `expected extraDims to be at most latentDim - intrinsicDim = ${latentDim - intrinsicDim}, got ${extraDims}`,
    });
  return found;
}
