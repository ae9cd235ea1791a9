import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { operation } from './native/backend.js';
import { tf } from './native/tensorflow.js';

/**
 * Returns the rows of `table` that `indices` select. Use it instead of `tf.gather` in compiled loops: `tf.gather` reads the indices,
 * which a recorded function must not do. The gradient with respect to the table adds up the gradients of the selected rows.
 * @param table a tensor [rows, ...]
 * @param indices int32 [n]; results for an index outside of the table depend on the engine
 * @returns a tensor [n, ...]
 * @example
 * ```js
 * import { gatherRows, tf } from 'vae-sweep/compiler';
 *
 * gatherRows(tf.tensor2d([[1, 2], [3, 4], [5, 6]]), tf.tensor1d([2, 0], 'int32')).print(); // [[5, 6], [1, 2]]
 * ```
 */
export function gatherRows(table: Tensor, indices: Tensor1D): Tensor {
  const types = { Tparams: table.dtype, Tindices: 'int32', Taxis: 'int32' } as const;
  const [rows = 0] = table.shape;
  return tf.customGrad((...[source, save]) => {
    const saved = save as (tensors: Tensor[]) => void;
    saved([indices]);
    return {
      value: operation('GatherV2', [source as Tensor, indices, tf.scalar(0, 'int32')], types),
      gradFunc: (gradient: Tensor, [which]: Tensor[]) =>
        tf.unsortedSegmentSum(gradient, which as Tensor1D, rows),
    };
  })(table);
}
