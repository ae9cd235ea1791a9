import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import { trainingData } from '../settings/training-data.js';
import type { TrainingSettings } from '../settings/task.js';
import { generate, losses } from '../model/loss.js';
import type { LogValue } from '../../../logs/read.js';
import type { Evaluation } from '../metrics/metric.js';
import type { EvaluationRow } from '../../../forms/training/definition.js';
import { evaluationMetrics } from '../metrics/registry.js';
import { stepMetrics } from '../metrics/step-metrics.js';
import { parameterLayout, parametersOf, unflattenNow } from '../model/parameters.js';
import { thresholdAfter } from '../model/threshold.js';
import { drawEvaluation } from './evaluation-draws.js';
import type { Program, TaskDraws } from './program.js';

/** The row of an evaluation, and its points, row-major [evaluationPoints, ambientDim]. */
export interface EvaluationResult {
  readonly row: EvaluationRow;
  readonly generated: Float32Array;
  readonly real: Float32Array;
}

/**
 * Evaluates the parameters after `step` steps: the losses for fresh real points with one latent sample each, and the other metrics for
 * fresh points of the generator. This is a pure function of (settings, parameters, step, previous).
 * @param previous the previous evaluation, whose decoder variance scales the noise in the released code's score; null for the first
 */
export function evaluate(
  { model, streams, evaluationLoop }: Pick<Program, 'model' | 'streams' | 'evaluationLoop'>,
  settings: TrainingSettings,
  flat: Tensor1D,
  { dataParameters, keys }: TaskDraws,
  step: number,
  previous: EvaluationRow | null,
): EvaluationResult {
  const parameters = parametersOf(model, unflattenNow(flat, parameterLayout(model)));
  const threshold = thresholdAfter(settings, step);
  const draws = drawEvaluation(streams, evaluationLoop, keys, step);
  const real = model.points(dataParameters, draws.source);
  const noise = { latent: draws.latentNoise, decoder: draws.decoderNoise };
  const measured = losses(model, parameters, real, noise, threshold);
  const latents = draws.generatedLatents;
  const pointsWith = (variance: Scalar) =>
    generate(model, parameters, latents, draws.generatedNoise, variance);
  const generated = pointsWith(measured.decoderLogVariance);
  const values = stepMetrics.map(
    ({ name, value }) => [name, value(measured, tf).dataSync()[0] ?? NaN] as const,
  );
  const [firstLayer] = parameters.decoder;
  const isDense = parameters.decoder.length === 1 && firstLayer !== undefined;
  const evaluation: Evaluation = {
    settings: withoutSteps(settings),
    step,
    experiment: settings.experiment,
    intrinsicDim: settings.intrinsicDim,
    ambientDim: settings.ambientDim,
    coordinates: trainingData(settings.experiment).coordinates(settings.intrinsicDim),
    encoderVariance: [...parameters.encoderLogVariance.dataSync()].map(Math.exp),
    decoderVariance: Math.exp(measured.decoderLogVariance.dataSync()[0] ?? NaN),
    generated: generated.arraySync(),
    dataParameters: dataParameters.map((tensor) => tensor.arraySync()),
    decoderMatrix: isDense ? tf.transpose(firstLayer.kernel).arraySync() : null,
    deadDecoderUnits: model.decoder.hidden(parameters.decoder, latents).map(countDead),
    released:
      settings.randomStreams === 'released-code'
        ? {
            generated: pointsWith(tf.scalar(previousLogVariance(previous, settings))).arraySync(),
            scoreBatch: draws.scoreSource && model.points(dataParameters, draws.scoreSource).arraySync(),
          }
        : null,
  };
  const computed = evaluationMetrics(settings).map(
    (metric) => [metric.name, metric.compute(evaluation)] as const,
  );
  return {
    row: Object.fromEntries<LogValue>([...values, ...computed]),
    generated: generated.dataSync<'float32'>().slice(),
    real: real.dataSync<'float32'>().slice(),
  };
}

function withoutSteps(settings: TrainingSettings): Evaluation['settings'] {
  const others: Omit<TrainingSettings, 'steps'> & { steps?: number } = { ...settings };
  delete others.steps;
  return others;
}

/** Returns log eps^2 at the previous evaluation. The released code starts with the constant c. */
function previousLogVariance(
  previous: EvaluationRow | null,
  { initialDecoderLogVariance }: TrainingSettings,
): number {
  return previous === null ? initialDecoderLogVariance : Number(previous['decoderLogVariance']);
}

/** Counts the units of a ReLU layer, [batch, width], that are 0 for the whole batch. */
function countDead(outputs: Tensor2D): number {
  return tf.sum(tf.equal(tf.max(outputs, 0), 0)).dataSync()[0] ?? NaN;
}
