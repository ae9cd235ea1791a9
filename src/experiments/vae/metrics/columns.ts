import type { LogColumn } from '../../../task/column.js';
import { evaluationMetrics, builtInMetrics } from './registry.js';
import { releasedMetrics } from './released.js';
import type { Metric } from './metric.js';

type Described = Omit<LogColumn, 'type' | 'nullable'>;

const LOSSES: readonly Described[] = [
  {
    name: 'loss',
    unit: 'nat',
    description: 'KL + reconstruction, mean over the points',
    title: 'VAE loss (nats)',
    short: 'VAE loss (nat)',
    startsAtZero: false,
  },
  {
    name: 'reconstruction',
    unit: 'nat',
    description: '-log p(x|z) at one sampled z, mean over the points',
    title: 'reconstruction loss (nats)',
    short: 'Reconstruction (nat)',
    startsAtZero: false,
  },
  {
    name: 'kl',
    unit: 'nat',
    description: 'KL(q(z|x) || N(0, I)), mean over the points',
    title: 'KL of the encoder (nats)',
    short: 'KL of the encoder (nat)',
  },
  {
    name: 'squaredError',
    unit: '1',
    description: '|x - xhat|^2, mean over the points',
    title: 'squared error',
  },
  {
    name: 'decoderLogVariance',
    unit: '1',
    description: 'log eps^2 of the decoder, after clipping',
    title: 'log of the decoder variance',
    startsAtZero: false,
  },
];
const STEP = { name: 'step', unit: 'step', type: 'int32', nullable: false } as const;
const VARIANCE: Described = {
  name: 'decoderVariance',
  unit: '1',
  description: 'eps^2 of the decoder, after clipping',
  title: 'decoder variance',
  short: 'Decoder variance',
  isLog: true,
  logarithm: 'decoderLogVariance',
};

/** `steps.arrow`: one row a logged step, of the training batch at the parameters before the step's update. */
export const stepColumns: readonly LogColumn[] = [
  { ...STEP, description: 'Number of the training step, the first is 1' },
  ...LOSSES.map((column) => ({ ...column, type: 'float32', nullable: false }) as const),
];

/** `evaluations.arrow`: one row an evaluation; null where a metric is not defined. */
export function evaluationColumns(settings: Parameters<typeof evaluationMetrics>[0]): readonly LogColumn[] {
  return [...ALWAYS_DEFINED, ...evaluationMetrics(settings).map(columnOf)];
}

const ALWAYS_DEFINED: readonly LogColumn[] = [
  { ...STEP, description: 'Training steps done before the evaluation' },
  ...[...LOSSES, VARIANCE].map((column) => ({ ...column, type: 'float64', nullable: false }) as const),
];

/** Columns of the evaluation log that no plugin may name its own. */
export function builtInColumns(): string[] {
  return [...ALWAYS_DEFINED, ...builtInMetrics, ...releasedMetrics].map(({ name }) => name);
}

/** Columns of the evaluation log by name. */
export function metricColumns(names: readonly string[]): LogColumn[] {
  const all = [...ALWAYS_DEFINED, ...builtInMetrics.map(columnOf)];
  return names.flatMap((name) => all.find((column) => column.name === name) ?? []);
}

/** `samples.arrow`: the points of the last evaluation, generated and real side by side, one column a coordinate. */
export function sampleColumns({ ambientDim }: { readonly ambientDim: number }): readonly LogColumn[] {
  const coordinates = (prefix: string, points: string) =>
    Array.from({ length: ambientDim }, (_, index): LogColumn => ({
      name: `${prefix}${String(index + 1)}`,
      type: 'float32',
      nullable: false,
      unit: '1',
      description: `Coordinate ${String(index + 1)} of the ${points} points`,
    }));
  return [...coordinates('x', 'generated'), ...coordinates('real', 'real')];
}

function columnOf(metric: Metric): LogColumn {
  return { ...metric, type: metric.type === 'list' ? 'list<float64>' : metric.type, nullable: true };
}
