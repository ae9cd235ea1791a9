import { pluginMetrics } from '../plugins/installed.js';
import { decoderMetrics } from './decoder.js';
import { encoderMetrics } from './encoder.js';
import { linearMetrics } from './linear.js';
import { manifoldMetrics } from './manifold.js';
import type { Metric } from './metric.js';
import { releasedMetrics } from './released.js';

/** Those that every run has. A new one is a file and a line here. */
export const builtInMetrics: readonly Metric[] = [
  ...encoderMetrics,
  ...decoderMetrics,
  ...manifoldMetrics,
  ...linearMetrics,
];

/** The metrics of a task's evaluations, in the order of the log's columns. */
export function evaluationMetrics({ randomStreams }: StreamSettings): readonly Metric[] {
  const released = randomStreams === 'released-code' ? releasedMetrics : [];
  return [...builtInMetrics, ...released, ...pluginMetrics()];
}

interface StreamSettings {
  readonly randomStreams?: 'released-code';
}
