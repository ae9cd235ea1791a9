import { pluginMetrics } from '../plugins/installed.js';
import { decoderMetrics, decoderVariance } from './decoder.js';
import { encoderMetrics } from './encoder.js';
import { linearMetrics } from './linear.js';
import { manifoldMetrics } from './manifold.js';
import type { BuiltInMetric, Metric } from './metric.js';
import { releasedMetrics } from './released.js';

/** The metrics that every task has, in the order of the log's columns. To add a metric, add an entry to one of these lists. */
export const builtInMetrics: readonly BuiltInMetric[] = [
  decoderVariance,
  ...encoderMetrics,
  ...decoderMetrics,
  ...manifoldMetrics,
  ...linearMetrics,
];

/** Returns the metrics of a task's evaluations, in the order of the log's columns. */
export function evaluationMetrics({ randomStreams }: StreamSettings): readonly Metric[] {
  const released = randomStreams === 'released-code' ? releasedMetrics : [];
  return [...builtInMetrics, ...released, ...pluginMetrics()];
}

interface StreamSettings {
  readonly randomStreams?: 'released-code';
}
