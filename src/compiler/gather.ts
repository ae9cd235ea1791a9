import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { operation } from './native/backend.js';
import { tf } from './native/tensorflow.js';

/**
 * Returns the rows of `table` [rows, ...] that `indices` name, [n, ...]. It is `tf.gather` for loops that are compiled: tfjs's own reads
 * the indices, which a recorded function must not. It has no gradient.
 * @param indices int32 [n]; the engines differ for an index outside of the table
 */
export function gatherRows(table: Tensor, indices: Tensor1D): Tensor {
  const types = { Tparams: table.dtype, Tindices: 'int32', Taxis: 'int32' } as const;
  return operation('GatherV2', [table, indices, tf.scalar(0, 'int32')], types);
}
