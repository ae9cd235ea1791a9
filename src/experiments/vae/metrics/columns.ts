import type { LogColumn } from '../../../task/column.js';
import type { BuiltInMetric, Metric, MetricDescription } from './metric.js';
import { builtInMetrics, evaluationMetrics } from './registry.js';
import { releasedMetrics } from './released.js';
import { stepMetrics } from './step-metrics.js';

const STEP = { name: 'step', unit: 'step', type: 'int32', nullable: false } as const;

/** Columns of `steps.arrow`: one row per logged step, for the training batch and the parameters before the step's update. */
export const stepColumns: readonly LogColumn[] = [
  { ...STEP, description: 'Number of the training step, the first is 1' },
  ...stepMetrics.map((metric) => toColumn(metric, 'float32', false)),
];

/** Returns the columns of `evaluations.arrow`: one row per evaluation; null if a metric is not defined. */
export function evaluationColumns(settings: Parameters<typeof evaluationMetrics>[0]): readonly LogColumn[] {
  return [
    { ...STEP, description: 'Training steps done before the evaluation' },
    ...toEvaluationColumns(evaluationMetrics(settings)),
  ];
}

/** Returns the names of evaluation columns that plugins must not use. */
export function builtInColumns(): string[] {
  return [STEP, ...stepMetrics, ...builtInMetrics, ...releasedMetrics].map(({ name }) => name);
}

/** Returns the columns of the evaluation log with these names. */
export function metricColumns(names: readonly string[]): LogColumn[] {
  const all = toEvaluationColumns(builtInMetrics);
  return names.flatMap((name) => all.find((column) => column.name === name) ?? []);
}

/** Returns the columns of `samples.arrow`: the generated and the real points of the last evaluation, one column per coordinate. */
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

function toEvaluationColumns(metrics: readonly (BuiltInMetric | Metric)[]): LogColumn[] {
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

/** Returns the column of a metric: its description without the function that computes it. */
function toColumn(metric: MetricDescription, type: LogColumn['type'], nullable: boolean): LogColumn {
  const { name, unit, description, title, short, isLog, startsAtZero, logarithm } = metric;
  const words = Object.entries({ title, short, isLog, startsAtZero, logarithm });
  const present = Object.fromEntries(words.filter(([, value]) => value !== undefined));
  return { name, unit, description, ...present, type, nullable };
}
