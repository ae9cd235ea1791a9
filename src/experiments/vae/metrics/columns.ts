import type { LogColumn } from '../../../task/column.js';
import type { BuiltInMetric, Described, Metric } from './metric.js';
import { builtInMetrics, evaluationMetrics } from './registry.js';
import { releasedMetrics } from './released.js';
import { stepMetrics } from './step-metrics.js';

const STEP = { name: 'step', unit: 'step', type: 'int32', nullable: false } as const;

/** `steps.arrow`: one row per logged step, of the training batch at the parameters before the step's update. */
export const stepColumns: readonly LogColumn[] = [
  { ...STEP, description: 'Number of the training step, the first is 1' },
  ...stepMetrics.map((metric) => toColumn(metric, 'float32', false)),
];

/** `evaluations.arrow`: one row per evaluation; null where a metric is not defined. */
export function evaluationColumns(settings: Parameters<typeof evaluationMetrics>[0]): readonly LogColumn[] {
  return [
    { ...STEP, description: 'Training steps done before the evaluation' },
    ...ofEvaluations(evaluationMetrics(settings)),
  ];
}

/** Columns of the evaluation log that no plugin may name its own. */
export function builtInColumns(): string[] {
  return [STEP, ...stepMetrics, ...builtInMetrics, ...releasedMetrics].map(({ name }) => name);
}

/** Returns columns of the evaluation log by name. */
export function metricColumns(names: readonly string[]): LogColumn[] {
  const all = ofEvaluations(builtInMetrics);
  return names.flatMap((name) => all.find((column) => column.name === name) ?? []);
}

/** `samples.arrow`: the points of the last evaluation, generated and real side by side, one column per coordinate. */
export function sampleColumns({ ambientDim }: { readonly ambientDim: number }): readonly LogColumn[] {
  const coordinates = (prefix: string, points: string) =>
    Array.from({ length: ambientDim }, (_, index): LogColumn => ({
      name: `${prefix}${index + 1}`,
      type: 'float32',
      nullable: false,
      unit: '1',
      description: `Coordinate ${index + 1} of the ${points} points`,
    }));
  return [...coordinates('x', 'generated'), ...coordinates('real', 'real')];
}

function ofEvaluations(metrics: readonly (BuiltInMetric | Metric)[]): LogColumn[] {
  return [
    ...stepMetrics.map((metric) => toColumn(metric, 'float64', false)),
    ...metrics.map((metric) =>
      toColumn(
        metric,
        metric.type === 'list' ? 'list<float64>' : metric.type,
        !('nullable' in metric && metric.nullable === false),
      ),
    ),
  ];
}

/** What people read of a metric, without what computes and shows it. */
function toColumn(metric: Described, type: LogColumn['type'], nullable: boolean): LogColumn {
  const { name, unit, description, title, short, isLog, startsAtZero, logarithm } = metric;
  const words = Object.entries({ title, short, isLog, startsAtZero, logarithm });
  const given = Object.fromEntries(words.filter(([, value]) => value !== undefined));
  return { name, unit, description, ...given, type, nullable };
}
