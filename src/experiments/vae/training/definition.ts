import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { StateArchive, TrainingDefinition } from '../../../forms/training/definition.js';
import type { TrainingSettings } from '../settings/task.js';
import { logsOf } from '../details.js';
import type { Model } from '../model/model.js';
import { parameterLayout } from '../model/parameters.js';
import { thresholdSchedule } from '../model/threshold.js';
import { derivedTraining } from '../settings/training-settings.js';
import { evaluate } from './evaluate.js';
import { drawTask, makeProgram, type Program } from './program.js';
import { startParameters } from './start-parameters.js';

/** How a VAE is trained with Adam. */
export const vaeTraining: TrainingDefinition<TrainingSettings, Program> = {
  columns: logsOf,
  programKey: (settings) => `${settings.experiment} ${derivedTraining.programKey(settings)}`,
  program: makeProgram,
  begin: (program, settings) => {
    const { model, streams } = program;
    const { learningRate, ambientDim } = settings;
    const draws = drawTask(program, settings);
    const { dataParameters, keys } = draws;
    const constants = [tf.scalar(learningRate), ...thresholdSchedule(settings).inputs(settings)];
    return {
      start: () => {
        const parameters = startParameters(model, settings, keys.kernelKey);
        return [parameters, tf.zerosLike(parameters), tf.zerosLike(parameters)];
      },
      inputs: (firstStep, count) => [...constants, ...keys.stepInputs(firstStep, count), ...dataParameters],
      evaluate: ([parameters], step, previous) => {
        const evaluated = evaluate(program, settings, parameters as Tensor1D, draws, step, previous);
        const { row, generated, real } = evaluated;
        return { row, samples: () => [generated, real].flatMap((points) => columnsOf(points, ambientDim)) };
      },
      commonSteps: (steps) => streams.commonSteps(steps),
      archive: archiveOf(model, dataParameters),
      dispose: () => {
        keys.dispose();
        tf.dispose([...constants, ...dataParameters]);
      },
    };
  },
};

/**
 * Returns the layout of `parameters.safetensors`: the parameters by name, Adam's moments as one vector each (earlier versions did not
 * store them), and the parameters of the data as `data.0`.
 */
export function archiveOf(model: Model, dataParameters: readonly Tensor2D[]): StateArchive {
  return {
    parts: parameterLayout(model).map((block) => ({ ...block, tensor: 0 })),
    continuation: ['continuation.parameters', 'adam.firstMoment', 'adam.secondMoment'],
    extra: dataParameters.map((tensor, index) => ({
      name: `data.${index}`,
      shape: tensor.shape,
      values: tensor.dataSync<'float32'>(),
    })),
  };
}

/** Returns the columns of a row-major matrix. */
function columnsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: width }, (_, column) => {
    const rows = new Float32Array(values.length / width);
    for (let row = 0; row < rows.length; row++) rows[row] = values[row * width + column] ?? NaN;
    return rows;
  });
}
