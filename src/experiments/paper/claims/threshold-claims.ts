import { mean, quantile } from 'simple-statistics';
import { readDataParameters, readPoints, type TrainingRun } from '../../vae/runs.js';
import type { Claim } from './claim.js';
import { ksDistance } from './ks-distance.js';
import { isSigmoidExample, isSphereExample, numberAt } from './numbers.js';
import { shareInside } from './nonlinear-claims.js';
import { thresholdClaim, type Threshold, type ThresholdClaim } from './threshold-claim.js';

/** The thresholds of Figures 7 and 8. */
const THRESHOLDS: readonly Threshold[] = [-4, -5, -6, -8];
const INNER_QUANTILE = 0.01;

const EXAMPLES = [
  {
    name: 'sphere',
    cell: 'sphere 2-16-8',
    isExample: isSphereExample,
    feature: normsOf,
    featureName: 'norms',
  },
  {
    name: 'sigmoid',
    cell: 'sigmoid 7-28-24',
    isExample: isSigmoidExample,
    feature: residualsOf,
    featureName: 'residuals sigma(<a*, x>) - x_{r*+1}',
  },
] as const;

type Example = (typeof EXAMPLES)[number];

/** Claims of Appendix D about the trend over the thresholds, on the examples of Figures 7 and 8. */
export const thresholdClaims: readonly Claim[] = [
  thresholdClaim({
    name: 'clipped-sigmoid-shape',
    statement:
      'Training clipped at e^-4 captures the shape of the sigmoid better than training without clipping.',
    source: 'Appendix D, Figure 4',
    test:
      'sigmoid 7-28-24: the manifold error as the text defines it, mean over the tasks, is smaller at e^-4 than without ' +
      'clipping, although it contains the noise of the decoder',
    appliesTo: isSigmoidExample,
    thresholds: [-4, null],
    quantity: 'manifold error',
    numberOf: (runs) => meanManifoldError(runs),
    holds: ([clipped = NaN, unclipped = NaN]) => clipped < unclipped,
  }),
  ...EXAMPLES.map((example) => thresholdClaim(closerThenFurther(example))),
  ...EXAMPLES.map((example) => thresholdClaim(resemblesUnclipped(example))),
  thresholdClaim({
    name: 'thresholds-sphere-outside',
    statement: 'As the threshold lowers, the number of points with a distance larger than 1 decreases.',
    source: 'Appendix D, Figure 8',
    test: 'sphere 2-16-8: the share of generated points outside of the sphere, mean over the tasks, falls at each threshold',
    appliesTo: isSphereExample,
    thresholds: THRESHOLDS,
    quantity: 'share outside',
    numberOf: (runs) => mean(runs.map((run) => 1 - shareInside(run))),
    holds: isDecreasing,
  }),
  thresholdClaim({
    name: 'thresholds-sphere-center',
    statement: 'As the threshold lowers, the points inside the sphere reach closer to the center.',
    source: 'Appendix D, Figure 8',
    test:
      `sphere 2-16-8: the ${100 * INNER_QUANTILE}% quantile of the norms of the points of all tasks falls at each ` +
      'threshold',
    appliesTo: isSphereExample,
    thresholds: THRESHOLDS,
    quantity: 'quantile',
    numberOf: (runs) => quantile(runs.flatMap(normsOf), INNER_QUANTILE),
    holds: isDecreasing,
  }),
];

function closerThenFurther({ name, cell, isExample }: Example): ThresholdClaim {
  return {
    name: `thresholds-${name}-closer`,
    statement: `From e^-4 to e^-8, points of the ${name} data first concentrate closer to the true data and then get further away.`,
    source: 'Appendix D, Figures 7 and 8',
    test:
      `${cell}: the manifold error as the text defines it, mean over the tasks, is smaller at e^-5 or e^-6 than at e^-4 and ` +
      'than at e^-8',
    appliesTo: isExample,
    thresholds: THRESHOLDS,
    quantity: 'manifold error',
    numberOf: (runs) => meanManifoldError(runs),
    holds: ([first = NaN, second = NaN, third = NaN, last = NaN]) =>
      Math.min(second, third) < Math.min(first, last),
  };
}

function resemblesUnclipped({ name, cell, isExample, feature, featureName }: Example): ThresholdClaim {
  return {
    name: `thresholds-${name}-unclipped`,
    statement: `At e^-8 the points of the ${name} data resemble the unclipped experiments again.`,
    source: 'Appendix D',
    test:
      `${cell}: the Kolmogorov-Smirnov distance between the ${featureName} of all points and those without clipping is ` +
      'smaller at e^-8 than at e^-4',
    appliesTo: isExample,
    thresholds: [-4, -8, null],
    quantity: 'distance',
    numberOf: (runs, all) => ksDistance(runs.flatMap(feature), (all.get(null) ?? []).flatMap(feature)),
    holds: ([atMinus4 = NaN, atMinus8 = NaN]) => atMinus8 < atMinus4,
  };
}

function meanManifoldError(runs: readonly TrainingRun[]): number {
  return mean(runs.map((run) => numberAt(run, 'manifoldError')));
}

function isDecreasing(numbers: readonly number[]): boolean {
  return numbers.every((value, index) => index === 0 || value < (numbers[index - 1] ?? NaN));
}

/** Returns the norms of the generated points in the coordinates that are not padding. */
function normsOf(run: TrainingRun): number[] {
  const { generated } = readPoints(run);
  return generated.map((point) => Math.hypot(...point.slice(0, run.task.settings.intrinsicDim + 1)));
}

/** Returns sigma(<a*, x_{1..r*}>) - x_{r*+1} of the generated points of sigmoid data. */
function residualsOf(run: TrainingRun): number[] {
  const direction = [...(readDataParameters(run)?.values ?? [])];
  const { intrinsicDim } = run.task.settings;
  return readPoints(run).generated.map((point) => {
    const projection = direction.reduce((sum, value, index) => sum + value * (point[index] ?? NaN), 0);
    return 1 / (1 + Math.exp(-projection)) - (point[intrinsicDim] ?? NaN);
  });
}
