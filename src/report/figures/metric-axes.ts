/** How a metric's axis reads. */
interface MetricAxis {
  readonly title: string;
  /** Whether its values span decades. */
  readonly isLog: boolean;
  /** Whether 0 is part of the axis whatever the values are. */
  readonly startsAtZero: boolean;
  /** Whether its single values are whole numbers. */
  readonly isCount: boolean;
}

const AXES: Readonly<Record<string, Partial<MetricAxis> & { readonly title: string }>> = {
  loss: { title: 'VAE loss (nats)', startsAtZero: false },
  reconstruction: { title: 'reconstruction loss (nats)', startsAtZero: false },
  kl: { title: 'KL of the encoder (nats)' },
  squaredError: { title: 'squared error' },
  decoderLogVariance: { title: 'log of the decoder variance', startsAtZero: false },
  decoderVariance: { title: 'decoder variance', isLog: true },
  encoderZeros: { title: 'encoder variances below 0.1', isCount: true },
  encoderSmall: { title: 'encoder variances below 0.5', isCount: true },
  encoderBetween: { title: 'encoder variances from 0.1 to 0.5', isCount: true },
  manifoldError: { title: 'manifold error' },
  manifoldErrorPairwise: { title: 'manifold error over all pairs' },
  paddingError: { title: 'padding error' },
  nonzeroDecoderRows: { title: 'nonzero decoder rows', isCount: true },
  eigenvalueError: { title: 'normalized eigenvalue error' },
  decoderOutsideSpan: { title: 'decoder outside the data, squared norm' },
  largestDecoderColumn: { title: 'largest decoder column, squared norm + variance' },
};

/** A metric that has no words of its own goes by its name. */
export function metricAxis(metric: string): MetricAxis {
  return { title: metric, isLog: false, startsAtZero: true, isCount: false, ...AXES[metric] };
}

/** Ticks for a linear axis of the metric. */
export function linearTicks(metric: string): { tickCount: number; tickMinStep?: number } {
  return { tickCount: 5, ...(metricAxis(metric).isCount ? { tickMinStep: 1 } : {}) };
}
