import { decoderMetrics } from './decoder.js';
import { encoderMetrics } from './encoder.js';
import { linearMetrics } from './linear.js';
import { manifoldMetrics } from './manifold.js';
import type { Metric } from './metric.js';

/** The metrics of an evaluation, in the order of the log's columns. A new metric is a file and a line here. */
export const metrics: readonly Metric[] = [
  ...encoderMetrics,
  ...decoderMetrics,
  ...manifoldMetrics,
  ...linearMetrics,
];
