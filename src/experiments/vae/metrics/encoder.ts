import type { BuiltInMetric } from './metric.js';

/** The paper counts a D_ii below this value as zero (Section 6). */
const ZERO = 0.1;
/** The paper finds that the other entries are above this value. Table 5 counts the entries below it. */
const LARGE = 0.5;

export const encoderMetrics: readonly BuiltInMetric[] = [
  {
    name: 'encoderVariance',
    type: 'list',
    unit: '1',
    description: 'The encoder variances D_ii, one a latent',
    title: 'encoder variances',
    short: 'Encoder variances',
    isLog: true,
    isCharted: true,
    compute: ({ encoderVariance }) => encoderVariance,
  },
  {
    name: 'encoderZeros',
    type: 'int32',
    unit: 'count',
    description: 'Encoder variances below 0.1',
    title: 'encoder variances below 0.1',
    short: "#0's in encoder variance",
    isInTables: true,
    compute: ({ encoderVariance }) => encoderVariance.filter((value) => value < ZERO).length,
  },
  {
    name: 'encoderSmall',
    type: 'int32',
    unit: 'count',
    description: 'Encoder variances below 0.5',
    title: 'encoder variances below 0.5',
    short: 'Below 0.5',
    isInTables: true,
    compute: ({ encoderVariance }) => encoderVariance.filter((value) => value < LARGE).length,
  },
  {
    name: 'encoderBetween',
    type: 'int32',
    unit: 'count',
    description: 'Encoder variances from 0.1 to 0.5',
    title: 'encoder variances from 0.1 to 0.5',
    compute: ({ encoderVariance }) =>
      encoderVariance.filter((value) => value >= ZERO && value <= LARGE).length,
  },
];
