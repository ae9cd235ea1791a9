import path from 'node:path';
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { median } from 'simple-statistics';
import { readSafetensors, type NamedTensor } from '../../../store/safetensors.js';
import { TASK_FILES } from '../../../store/task-folder.js';
import { normals, randomFrom } from '../../theory/random.js';
import type { TrainingRun } from '../../vae/runs.js';

/** A direction counts if its singular value is above this part of the largest one, as for the nonzero rows of a linear decoder. */
export const COUNTED_DIRECTION = 0.01;
const LATENTS = 100;
const LATENT_SEED = 1;

type Tensors = ReadonlyMap<string, NamedTensor>;

/**
 * Returns the dimension of the trained generator: the median rank of the decoder's Jacobian df/dz, [ambientDim, latentDim], at 100
 * latents z ~ N(0, I). The decoder variance is left out. For a linear decoder this is the rank of its matrix A~.
 */
export function generatorDim({ folder, task }: Pick<TrainingRun, 'folder' | 'task'>): number {
  const { tensors } = readSafetensors(path.join(folder, TASK_FILES.parameters));
  const random = randomFrom(LATENT_SEED);
  const count = task.settings.experiment === 'linear' ? 1 : LATENTS;
  const ranks = Array.from({ length: count }, () =>
    rankOf(decoderJacobian(tensors, normals(random, task.settings.latentDim))),
  );
  return median(ranks);
}

/** Returns the number of singular values above `COUNTED_DIRECTION` of the largest. */
export function rankOf(matrix: Matrix): number {
  const { diagonal } = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const largest = Math.max(...diagonal);
  return diagonal.filter((value) => value > COUNTED_DIRECTION * largest).length;
}

/**
 * Returns df/dz at one z, [ambientDim, latentDim]. Kernels have the shape [inputs, outputs]. For a multilayer perceptron the derivative
 * of a ReLU is 0 at 0; for sigmoid data f(z) = A~ z + sigma(C~ z), with biases.
 */
export function decoderJacobian(tensors: Tensors, z: readonly number[]): Matrix {
  const linear = kernelOf(tensors, 'decoder.linear');
  return linear === null ? perceptronJacobian(tensors, z) : sigmoidJacobian(tensors, linear, z);
}

function perceptronJacobian(tensors: Tensors, z: readonly number[]): Matrix {
  let input = Matrix.rowVector([...z]);
  // The transposed Jacobian, [latentDim, width of the layer].
  let slopes = Matrix.eye(z.length);
  for (let layer = 0; ; layer++) {
    const kernel = kernelOf(tensors, `decoder.${layer}`);
    if (kernel === null) throw new Error('The parameters have no decoder.');
    const output = withBias(input.mmul(kernel), tensors, `decoder.${layer}`);
    slopes = slopes.mmul(kernel);
    if (!tensors.has(`decoder.${layer + 1}.kernel`)) return slopes.transpose();
    const isActive = output.to1DArray().map((value) => (value > 0 ? 1 : 0));
    slopes.mulRowVector(isActive);
    input = output.mulRowVector(isActive);
  }
}

function sigmoidJacobian(tensors: Tensors, linear: Matrix, z: readonly number[]): Matrix {
  const kernel = kernelOf(tensors, 'decoder.sigmoid');
  if (kernel === null) throw new Error('The parameters have no sigmoid branch of the decoder.');
  const inner = withBias(Matrix.rowVector([...z]).mmul(kernel), tensors, 'decoder.sigmoid');
  const slopes = inner.to1DArray().map((value) => {
    const sigma = 1 / (1 + Math.exp(-value));
    return sigma * (1 - sigma);
  });
  return Matrix.add(linear, kernel.clone().mulRowVector(slopes)).transpose();
}

function withBias(row: Matrix, tensors: Tensors, layer: string): Matrix {
  const bias = tensors.get(`${layer}.bias`);
  return bias === undefined ? row : row.addRowVector([...bias.values]);
}

function kernelOf(tensors: Tensors, layer: string): Matrix | null {
  const kernel = tensors.get(`${layer}.kernel`);
  if (kernel === undefined) return null;
  const [rows = 0, columns = 0] = kernel.shape;
  return Matrix.from1DArray(rows, columns, [...kernel.values]);
}
