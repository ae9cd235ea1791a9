import { z } from 'zod';
import { oneOf, wholeNumber, type SettingProblem } from '../../../task/setting-values.js';
import { ambientDimSetting, latentDimSetting, rankSetting, seedSetting } from './setting-schemas.js';

export const landscapeSchema = z.strictObject({
  kind: z.literal('landscape'),
  ambientDim: ambientDimSetting,
  rank: rankSetting,
  latentDim: latentDimSetting,
  zeroColumns: wholeNumber(0, 100).describe('Number of zero columns of A~.'),
  reconstruction: oneOf(['exact', 'broken'])
    .default('exact')
    .describe('exact: A = A~ B~ A; broken: B~ is perturbed, so that A = A~ B~ A does not hold.'),
  seed: seedSetting,
  decades: wholeNumber(4, 10).default(6).describe('eps falls from 1 to 10^-decades.'),
  pointsPerDecade: wholeNumber(1, 100).default(4).describe('Number of rows per decade of eps.'),
});
export type LandscapeSettings = z.output<typeof landscapeSchema>;

export function landscapeProblems({
  ambientDim,
  rank,
  latentDim,
  zeroColumns,
}: LandscapeSettings): SettingProblem[] {
  const found: SettingProblem[] = [];
  if (rank > ambientDim)
    found.push({
      settings: ['rank', 'ambientDim'],
      message: `expected the rank to be at most the ambient dimension ${ambientDim}, got ${rank}`,
    });
  if (latentDim - zeroColumns < rank)
    found.push({
      settings: ['zeroColumns', 'latentDim'],
      message:
        `expected at most ${Math.max(0, latentDim - rank)} zero columns, got ${zeroColumns}: ` +
        `A = A~ B~ A requires ${rank} nonzero columns (the rank) of ${latentDim}`,
    });
  return found;
}
