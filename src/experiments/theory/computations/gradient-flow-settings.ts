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
    .describe('Of gradient descent; null for the flow, whose solver chooses its steps.'),
  smallestDeviation: numberWithin(1e-12, 1)
    .default(0.01)
    .describe('The eps~ at which the path ends: the flow reaches 0 in finite time.'),
  maxTime: numberWithin(1e-3, 1e6).default(100).describe('The time at which the path ends.'),
  largestK: numberWithin(1, 1e12)
    .default(1e6)
    .describe('The path is given up where K exceeds it: the theorem says nothing of an unbounded one.'),
  maxSteps: wholeNumber(1, 10_000_000).default(20_000).describe('Steps before the path is given up.'),
  tolerance: numberWithin(1e-13, 1e-3)
    .default(1e-9)
    .describe("The solver's error a step, relative to 1 + the number's size."),
});

export type GradientFlowSettings = z.output<typeof gradientFlowSchema>;

export function gradientFlowProblems(settings: GradientFlowSettings): SettingProblem[] {
  const { objective, ambientDim, rank, startDeviation, smallestDeviation, stepSize } = settings;
  const problems: SettingProblem[] = [];
  if (rank >= ambientDim)
    problems.push({
      settings: ['rank', 'ambientDim'],
      message: `expected a rank below the ambient dimension ${ambientDim}, so that something lies outside W, got ${rank}`,
    });
  if (smallestDeviation >= startDeviation)
    problems.push({
      settings: ['smallestDeviation', 'startDeviation'],
      message: `expected a smallestDeviation below startDeviation ${startDeviation}, got ${smallestDeviation}`,
    });
  if (objective === 'l' && stepSize === null)
    problems.push({
      settings: ['stepSize', 'objective'],
      message: 'gradient descent on l needs a stepSize, such as 0.0001',
    });
  if (objective === 'l1' && stepSize !== null)
    problems.push({
      settings: ['stepSize', 'objective'],
      message: 'the flow of l1 has no stepSize: leave it out, or set objective to l',
    });
  return problems;
}
