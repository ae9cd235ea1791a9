import type { Metric } from './metric.js';

export const decoderMetrics: readonly Metric[] = [
  {
    name: 'deadDecoderUnits',
    type: 'list',
    unit: 'count',
    description:
      'Hidden units of the decoder that put out 0 for every generated point, one number a layer; null without hidden layers',
    compute: ({ deadDecoderUnits }) => (deadDecoderUnits.length === 0 ? null : deadDecoderUnits),
  },
];
