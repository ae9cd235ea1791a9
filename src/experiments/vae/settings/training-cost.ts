import { findTrainingData } from './training-data.js';
import type { TrainingSettings } from './task.js';
import type { Cost } from '../../../task/experiment.js';

/** Inputs and outputs of a dense layer. */
type LayerShape = readonly [number, number];

/** Microseconds of a step, by engine. The eager engine takes as long as xla (`compiled`), plus its dispatch. */
const RATES = {
  c: { step: 3.5, megaflop: 8.9, randomNumber: 0.002, parameter: 0.0006 },
  compiled: { step: 20, megaflop: 10.5, randomNumber: 0.0035, parameter: 0.0012 },
} as const;
/** Dispatch time of the eager engine: per step, per dense layer, and additionally per ReLU, gradient included. */
const EAGER_STEP_MICROSECONDS = 10_900;
const EAGER_LAYER_MICROSECONDS = 500;
const EAGER_RELU_MICROSECONDS = 190;

/** Milliseconds of an evaluation: of its TensorFlow calls, of each point, and of each weight of the networks for each point. */
const EVALUATION = { calls: 5, point: 0.0015, weight: 8e-8 } as const;
/** Milliseconds of a task besides its steps and evaluations: drawing the initial parameters, and writing and syncing its files. */
const TASK_MS = 15;

/** An int32 step and five float32 metrics. */
const LOG_ROW_BYTES = 24;
const EVALUATION_BYTES = 160;
const FLOAT32_BYTES = 4;
/** Number of Adam's moment vectors, which a finished task stores in addition to its parameters. */
const MOMENTS = 2;
const FLOAT64_BYTES = 8;
/** Schemas, record batch headers, JSON files and partially filled disk blocks. */
const TASK_OVERHEAD_BYTES = 48 * 1024;

/**
 * Estimates the cost of a task. The constants reproduce, within 15%, times that were measured with TensorFlow 2.21.0 on one core of a
 * shared machine with batch size 100: 14, 24 and 1042 microseconds per step for linear (9, 20, 20), sigmoid (7, 28, 24) and sphere
 * (6, 14, 13); 33, 53 and 1319 with the engine xla; 11900, 13100 and 17300 with the engine eager. Each step has its share of
 * the evaluations and of the rest of its task, whose constants are rounded from measurements on a slower CPU (docs/performance.md). The start of a run and compilation are not included.
 */
export function trainingCost(settings: TrainingSettings): Cost {
  const shapes = layerShapes(settings);
  const parameters = countParameters(settings, shapes);
  const trainingMs =
    (estimateStep(settings, shapes, parameters) * settings.steps) / 1_000 +
    countEvaluations(settings) * estimateEvaluationMs(settings, shapes) +
    TASK_MS;
  return {
    microsecondsPerStep: (trainingMs * 1_000) / settings.steps,
    trainingMs,
    bytes: estimateBytes(settings, parameters),
  };
}

function estimateStep(settings: TrainingSettings, shapes: readonly LayerShape[], parameters: number): number {
  const { batchSize, intrinsicDim, ambientDim, latentDim, decoderNoise, experiment } = settings;
  const weights = countWeights(shapes);
  // A multiplication and an addition per weight and point: once in the forward and twice in the backward pass.
  const flops = 3 * 2 * weights * batchSize;
  // The data of a plugin that is not installed are unknown, but its tasks in a store must remain readable.
  const dataNumbers = findTrainingData(experiment)?.sourceDim(intrinsicDim) ?? ambientDim;
  const randomNumbers = batchSize * (dataNumbers + latentDim + (decoderNoise ? ambientDim : 0));
  const rates = RATES[settings.engine === 'c' ? 'c' : 'compiled'];
  const work =
    rates.step +
    (flops / 1e6) * rates.megaflop +
    randomNumbers * rates.randomNumber +
    parameters * rates.parameter;
  if (settings.engine !== 'eager') return work;
  const reluLayers = 2 * settings.hiddenWidths.length;
  const dispatch =
    EAGER_STEP_MICROSECONDS + shapes.length * EAGER_LAYER_MICROSECONDS + reluLayers * EAGER_RELU_MICROSECONDS;
  return work + dispatch;
}

function estimateEvaluationMs({ evaluationPoints }: TrainingSettings, shapes: readonly LayerShape[]): number {
  return EVALUATION.calls + evaluationPoints * (EVALUATION.point + countWeights(shapes) * EVALUATION.weight);
}

/** Counts the evaluations of a task: before the first step, then at regular steps and after the last one. */
function countEvaluations({ steps, evaluateEverySteps }: TrainingSettings): number {
  return Math.ceil(steps / evaluateEverySteps) + 1;
}

function estimateBytes(settings: TrainingSettings, parameters: number): number {
  const { steps, logEverySteps, evaluationPoints } = settings;
  const { intrinsicDim, ambientDim, latentDim, randomStreams } = settings;
  // With the released streams a task can also store the parameters before its last step.
  const continuation = randomStreams === 'released-code' ? 1 : 0;
  return (
    Math.ceil(steps / logEverySteps) * LOG_ROW_BYTES +
    countEvaluations(settings) * (EVALUATION_BYTES + (latentDim + 2 * intrinsicDim) * FLOAT64_BYTES) +
    2 * evaluationPoints * ambientDim * FLOAT32_BYTES +
    (1 + MOMENTS + continuation) * parameters * FLOAT32_BYTES +
    TASK_OVERHEAD_BYTES
  );
}

function countWeights(shapes: readonly LayerShape[]): number {
  return shapes.reduce((sum, [inputs, outputs]) => sum + inputs * outputs, 0);
}

function countParameters({ biases, latentDim }: TrainingSettings, shapes: readonly LayerShape[]): number {
  const dense = shapes.reduce((sum, [inputs, outputs]) => sum + (inputs + (biases ? 1 : 0)) * outputs, 0);
  return dense + latentDim + 1;
}

function layerShapes({ experiment, ambientDim, latentDim, hiddenWidths }: TrainingSettings): LayerShape[] {
  const encoder = chain([ambientDim, ...hiddenWidths, latentDim]);
  const decoder = chain([latentDim, ...hiddenWidths, ambientDim]);
  return experiment === 'sigmoid' ? [...encoder, ...decoder, ...decoder] : [...encoder, ...decoder];
}

function chain(widths: readonly number[]): LayerShape[] {
  return widths.slice(1).map((width, i) => [widths[i] ?? 0, width]);
}
