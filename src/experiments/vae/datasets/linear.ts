import type { Tensor2D } from '@tensorflow/tfjs-node';
import { Matrix, determinant } from 'ml-matrix';
import { tf } from '../../../compiler/native/tensorflow.js';
import { normal } from '../../../compiler/random/distributions.js';
import { keyOf } from '../../../compiler/random/keys.js';
import type { Dataset } from './dataset.js';

/** Maximum number of draws of A. A singular matrix has probability zero, but rounding could produce one. */
const MAX_DRAWS = 10;

/** x = A z, z ~ N(0, I_r*), A an r* x r* standard Gaussian matrix (Section 6, "Linear VAE"). Rows: x = z A^T. */
export const linear: Dataset = {
  parameterShapes: ({ intrinsicDim }) => [[intrinsicDim, intrinsicDim]],
  parameters(keys, { intrinsicDim }) {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const matrix = normal(keyOf(keys.next()), [intrinsicDim, intrinsicDim]) as Tensor2D;
      if (determinant(new Matrix(matrix.arraySync())) !== 0) return [matrix];
    }
    throw new Error(
      `The seed ${keys.first[1]} gave ${MAX_DRAWS} singular matrices A in a row. Use another seed.`,
    );
  },
  points: ([matrix], source) => {
    if (matrix === undefined) throw new Error('Linear data requires the matrix A.');
    return tf.matMul(source, matrix, false, true);
  },
};
