import type { BuiltInMetric } from './metric.js';

/** The decoder variance. It is defined in every evaluation, and its column comes before the other metrics. */
export const decoderVariance: BuiltInMetric = {
  name: 'decoderVariance',
  type: 'float64',
  unit: '1',
  description: 'eps^2 of the decoder, after clipping',
  title: 'decoder variance',
  short: 'Decoder variance',
  isLog: true,
  logarithm: 'decoderLogVariance',
  nullable: false,
  isInTables: true,
  isCharted: true,
  hasCurves: true,
  compute: (evaluation) => evaluation.decoderVariance,
};

export const decoderMetrics: readonly BuiltInMetric[] = [
  {
    name: 'deadDecoderUnits',
    type: 'list',
    unit: 'count',
    description:
      'Hidden units of the decoder that put out 0 for every generated point, one number a layer; null without hidden layers',
    compute: ({ deadDecoderUnits }) => (deadDecoderUnits.length === 0 ? null : deadDecoderUnits),
  },
];
