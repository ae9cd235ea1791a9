import type { Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { PluginDataset } from '../plugins/plugin.js';
import { normal } from '../../../compiler/random/distributions.js';
import { foldIn, keyOf } from '../../../compiler/random/keys.js';
import type { Dataset } from './dataset.js';

/** Returns the dataset of a plugin. Each of its parameters is drawn with its own key. */
export function fromPlugin(own: PluginDataset): Dataset {
  const shapesOf = (intrinsicDim: number) => own.parameterShapes?.(intrinsicDim) ?? [];
  return {
    parameterShapes: ({ intrinsicDim }) => shapesOf(intrinsicDim),
    parameters: (keys, { intrinsicDim }) => {
      const parent = keyOf(keys.first);
      return shapesOf(intrinsicDim).map((shape, index) => normal(foldIn(parent, index), shape) as Tensor2D);
    },
    points: (parameters, source, { intrinsicDim }) => {
      const points = own.points(tf, source, parameters, intrinsicDim);
      const expected = [source.shape[0], own.coordinates(intrinsicDim)];
      if (points.shape.join() !== expected.join())
        throw new Error(
          `Dataset ${own.name}: expected \`points\` to return a tensor of shape [${expected.join(', ')}], got [${points.shape.join(', ')}].`,
        );
      return points;
    },
  };
}
