import type { ShownColumns } from '../../../task/experiment.js';
import { pluginMetrics } from '../plugins/installed.js';
import { decoderMetrics, decoderVariance } from './decoder.js';
import { encoderMetrics } from './encoder.js';
import { linearMetrics } from './linear.js';
import { manifoldMetrics } from './manifold.js';
import type { MetricDescription } from './metric.js';
import { stepMetrics } from './step-metrics.js';

/** The built-in metrics in display order. */
const GROUPS: readonly (readonly (MetricDescription & { readonly type?: string })[])[] = [
  stepMetrics,
  [decoderVariance],
  encoderMetrics,
  decoderMetrics,
  linearMetrics,
  manifoldMetrics,
];

/** Returns the metrics that the curves of an experiment show: first those that only this experiment has, and the loss last. */
export function curvesOf(experiment: string): string[] {
  const metrics = [...GROUPS].reverse().flat();
  return namesOf(
    metrics.filter(({ hasCurves = false }) =>
      typeof hasCurves === 'boolean' ? hasCurves : hasCurves.includes(experiment),
    ),
  );
}

/** Returns the metrics that reports and the dashboard show for an experiment: the built-in ones that are marked, and those of plugins. */
export function shownMetrics(experiment: string): ShownColumns {
  const own = pluginMetrics().map((metric) => ({
    ...metric,
    isInTables: true as const,
    isCharted: true as const,
  }));
  const metrics = [...GROUPS.flat(), ...own];
  const charted = metrics.filter(({ isCharted }) => isCharted);
  return {
    means: namesOf(metrics.filter(({ isInTables }) => isInTables)),
    // The chart of a list has a line for each of its numbers, so it comes after the charts of single numbers.
    charts: namesOf([
      ...charted.filter(({ type }) => type !== 'list'),
      ...charted.filter(({ type }) => type === 'list'),
    ]),
    curves: [...curvesOf(experiment), ...namesOf(own)],
  };
}

function namesOf(metrics: readonly MetricDescription[]): string[] {
  return metrics.map(({ name }) => name);
}
