import { Field, Float32, Float64, Int32, List, Schema, type DataType } from 'apache-arrow';
import type { Task, TrainingTask } from '../task/task.js';
import { builtInMetrics, evaluationMetrics } from '../experiments/vae/metrics/registry.js';
import { releasedMetrics } from '../experiments/vae/metrics/released.js';

/** Raised when the columns or their meaning change; readers refuse what they do not know. */
export const LOG_SCHEMA_VERSION = '2';

/** Keys of a log's schema metadata. */
export const LOG_METADATA = {
  schema: 'vae-sweep.schema',
  task: 'vae-sweep.task',
  settings: 'vae-sweep.settings',
  versions: 'vae-sweep.versions',
} as const;

export interface Column {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

const LOSSES: readonly Column[] = [
  { name: 'loss', unit: 'nat', description: 'KL + reconstruction, mean over the points' },
  { name: 'reconstruction', unit: 'nat', description: '-log p(x|z) at one sampled z, mean over the points' },
  { name: 'kl', unit: 'nat', description: 'KL(q(z|x) || N(0, I)), mean over the points' },
  { name: 'squaredError', unit: '1', description: '|x - xhat|^2, mean over the points' },
  { name: 'decoderLogVariance', unit: '1', description: 'log eps^2 of the decoder, after clipping' },
];
const STEP: Column = {
  name: 'step',
  unit: 'step',
  description: 'Number of the training step, the first is 1',
};
const STEPS_DONE: Column = {
  name: 'step',
  unit: 'step',
  description: 'Training steps done before the evaluation',
};
const VARIANCE: Column = {
  name: 'decoderVariance',
  unit: '1',
  description: 'eps^2 of the decoder, after clipping',
};
const TYPES = {
  int32: () => new Int32(),
  float64: () => new Float64(),
  list: () => new List(new Field('item', new Float64(), false)),
};

/** `steps.arrow`: one row a logged step, of the training batch at the parameters before the step's update. */
export function stepSchema(task: Task): Schema {
  const losses = LOSSES.map((column) => field(column, new Float32(), false));
  return new Schema([field(STEP, new Int32(), false), ...losses], logMetadata(task));
}

/** `evaluations.arrow`: one row an evaluation; null where a metric is not defined. */
export function evaluationSchema(task: TrainingTask): Schema {
  const losses = [...LOSSES, VARIANCE].map((column) => field(column, new Float64(), false));
  const computed = evaluationMetrics(task.settings).map((metric) =>
    field(metric, TYPES[metric.type](), true),
  );
  return new Schema([field(STEPS_DONE, new Int32(), false), ...losses, ...computed], logMetadata(task));
}

/** Columns of the evaluation log that no plugin may name its own. */
export function builtInColumns(): string[] {
  return [STEPS_DONE, ...LOSSES, VARIANCE, ...builtInMetrics, ...releasedMetrics].map(({ name }) => name);
}

/** `samples.arrow`: the points of the last evaluation, generated and real side by side, one column a coordinate. */
export function sampleSchema(task: TrainingTask): Schema {
  const coordinates = (prefix: string, points: string) =>
    Array.from({ length: task.settings.ambientDim }, (_, index) => ({
      name: `${prefix}${String(index + 1)}`,
      unit: '1',
      description: `Coordinate ${String(index + 1)} of the ${points} points`,
    }));
  const columns = [...coordinates('x', 'generated'), ...coordinates('real', 'real')];
  return new Schema(
    columns.map((column) => field(column, new Float32(), false)),
    logMetadata(task),
  );
}

/** `rows.arrow`: the rows of a computation, in the order in which it came to them; NaN where a number is not defined. */
export function rowSchema(task: Task, columns: readonly Column[]): Schema {
  return new Schema(
    columns.map((column) => field(column, new Float64(), false)),
    logMetadata(task),
  );
}

function field({ name, unit, description }: Column, type: DataType, nullable: boolean): Field {
  return new Field(name, type, nullable, new Map(Object.entries({ unit, description })));
}

function logMetadata({ id, settings, versions }: Task): Map<string, string> {
  return new Map([
    [LOG_METADATA.schema, LOG_SCHEMA_VERSION],
    [LOG_METADATA.task, id],
    [LOG_METADATA.settings, JSON.stringify(settings)],
    [LOG_METADATA.versions, JSON.stringify(versions)],
  ]);
}
