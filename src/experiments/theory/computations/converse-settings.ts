import { z } from 'zod';
import { wholeNumber, type SettingProblem } from '../../../task/setting-values.js';
import { ambientDimSetting, latentDimSetting, rankSetting, seedSetting } from './setting-schemas.js';

export const converseSchema = z.strictObject({
  kind: z.literal('landscape-converse'),
  ambientDim: ambientDimSetting,
  rank: rankSetting,
  latentDim: latentDimSetting,
  seed: seedSetting,
  draws: wholeNumber(10, 100_000)
    .default(200)
    .describe('Number of random sequences of matrices; each gives one row.'),
  decades: wholeNumber(4, 10).default(8).describe('The sequences go from s = 1 to s = 10^-decades.'),
});
export type ConverseSettings = z.output<typeof converseSchema>;

export function converseProblems({ ambientDim, rank, latentDim }: ConverseSettings): SettingProblem[] {
  const found: SettingProblem[] = [];
  if (rank > ambientDim)
    found.push({
      settings: ['rank', 'ambientDim'],
      message: `expected the rank to be at most the ambient dimension ${ambientDim}, got ${rank}`,
    });
  if (rank > latentDim)
    found.push({
      settings: ['rank', 'latentDim'],
      message: `expected the rank to be at most the number of latents ${latentDim}, which A = A~ B~ A requires, got ${rank}`,
    });
  return found;
}
