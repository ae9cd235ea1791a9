import { z } from 'zod';
import { numberWithin, oneOf, wholeNumber, type SettingProblem } from '../../../task/setting-values.js';
import { ambientDimSetting, latentDimSetting, rankSetting, seedSetting } from './setting-schemas.js';

export const gradientFlowSchema = z.strictObject({
  kind: z.literal('gradient-flow'),
  objective: oneOf(['l1', 'l'])
    .default('l1')
    .describe('l1: the gradient flow of L1, Eq. (1); l: gradient descent on the full loss L.'),
  ambientDim: ambientDimSetting,
  rank: rankSetting,
  latentDim: latentDimSetting,
  startScale: numberWithin(1e-6, 100)
    .default(0.5)
    .describe('Standard deviation of the entries of A~(0) and B~(0).'),
  startDeviation: numberWithin(1e-3, 100).default(1).describe('eps~(0).'),
  seed: seedSetting,
  stepSize: numberWithin(1e-9, 1)
    .nullable()
    .default(null)
    .describe('Step size of gradient descent; null for the flow, whose solver chooses its own steps.'),
  smallestDeviation: numberWithin(1e-12, 1)
    .default(0.01)
    .describe('eps~ at which the path ends. The flow reaches 0 in finite time.'),
  maxTime: numberWithin(1e-3, 1e6).default(100).describe('Time at which the path ends.'),
  largestK: numberWithin(1, 1e12)
    .default(1e6)
    .describe('Value of K at which the path is abandoned. The theorem requires a bounded K.'),
  maxSteps: wholeNumber(1, 10_000_000)
    .default(20_000)
    .describe('Number of steps after which the path is abandoned.'),
  tolerance: numberWithin(1e-13, 1e-3)
    .default(1e-9)
    .describe(
      'Error tolerance of the solver per step: the root mean square of the error of each number, relative to 1 + its absolute value.',
    ),
});

export type GradientFlowSettings = z.output<typeof gradientFlowSchema>;

export function gradientFlowProblems(settings: GradientFlowSettings): SettingProblem[] {
  const { objective, ambientDim, rank, startDeviation, smallestDeviation, stepSize } = settings;
  const problems: SettingProblem[] = [];
  if (rank >= ambientDim)
    problems.push({
      settings: ['rank', 'ambientDim'],
      message: `expected a rank below the ambient dimension ${ambientDim} (no direction would be outside of W), got ${rank}`,
    });
  if (smallestDeviation >= startDeviation)
    problems.push({
      settings: ['smallestDeviation', 'startDeviation'],
      message: `expected a smallestDeviation below startDeviation ${startDeviation}, got ${smallestDeviation}`,
    });
  if (objective === 'l' && stepSize === null)
    problems.push({
      settings: ['stepSize', 'objective'],
      message: 'gradient descent on l requires a stepSize, for example 0.0001',
    });
  if (objective === 'l1' && stepSize !== null)
    problems.push({
      settings: ['stepSize', 'objective'],
      message: 'the flow of l1 has no stepSize: remove it, or set objective to l',
    });
  return problems;
}
