import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Matrix } from 'ml-matrix';
import { decoderJacobian, rankOf } from '../../../../src/experiments/paper/claims/decoder-dimension.js';
import { gaussianMatrix, normals, randomFrom } from '../../../../src/experiments/theory/random.js';
import type { NamedTensor } from '../../../../src/store/safetensors.js';

type Layers = Readonly<Record<string, { readonly kernel: Matrix; readonly bias: readonly number[] }>>;

function tensorsOf(layers: Layers): Map<string, NamedTensor> {
  const tensors = Object.entries(layers).flatMap(([layer, { kernel, bias }]): NamedTensor[] => [
    {
      name: `${layer}.kernel`,
      shape: [kernel.rows, kernel.columns],
      values: Float64Array.from(kernel.to1DArray()),
    },
    { name: `${layer}.bias`, shape: [1, bias.length], values: Float64Array.from(bias) },
  ]);
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

/** Differentiates a decoder numerically; the central difference of a smooth function is off by about 1e-10. */
function numericalJacobian(decode: (z: readonly number[]) => number[], z: readonly number[]): number[][] {
  const step = 1e-5;
  const columns = z.map((_, index) => {
    const shifted = (by: number) => decode(z.map((value, i) => (i === index ? value + by : value)));
    const low = shifted(-step);
    return shifted(step).map((value, row) => (value - (low[row] ?? NaN)) / (2 * step));
  });
  return (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? NaN));
}

const random = randomFrom(3);
const layer = (inputs: number, outputs: number) => ({
  kernel: gaussianMatrix(random, inputs, outputs),
  bias: normals(random, outputs),
});

/** Computes x W + b with plain loops. */
function dense(
  x: readonly number[],
  { kernel, bias }: { kernel: Matrix; bias: readonly number[] },
): number[] {
  return bias.map((value, j) => x.reduce((sum, input, i) => sum + input * kernel.get(i, j), value));
}

function assertClose(actual: Matrix, expected: readonly (readonly number[])[]): void {
  assert.deepEqual([actual.rows, actual.columns], [expected.length, expected[0]?.length]);
  const errors = expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - actual.get(i, j))));
  assert.ok(Math.max(...errors) < 1e-6, `largest error ${Math.max(...errors)}`);
}

describe('the Jacobian of a decoder agrees with differences of its outputs:', () => {
  const z = normals(random, 4);

  test('a perceptron with two hidden layers', () => {
    const layers = { 'decoder.0': layer(4, 9), 'decoder.1': layer(9, 8), 'decoder.2': layer(8, 5) };
    const relu = (values: readonly number[]) => values.map((value) => Math.max(0, value));
    const decode = (point: readonly number[]) =>
      dense(relu(dense(relu(dense(point, layers['decoder.0'])), layers['decoder.1'])), layers['decoder.2']);
    assertClose(decoderJacobian(tensorsOf(layers), z), numericalJacobian(decode, z));
  });

  test('a linear layer plus the sigmoid of another', () => {
    const layers = { 'decoder.linear': layer(4, 6), 'decoder.sigmoid': layer(4, 6) };
    const decode = (point: readonly number[]) => {
      const inner = dense(point, layers['decoder.sigmoid']);
      return dense(point, layers['decoder.linear']).map(
        (value, j) => value + 1 / (1 + Math.exp(-(inner[j] ?? NaN))),
      );
    };
    assertClose(decoderJacobian(tensorsOf(layers), z), numericalJacobian(decode, z));
  });
});

test('the rank counts singular values above 1% of the largest', () => {
  const turn = new Matrix([
    [0.6, -0.8, 0],
    [0.8, 0.6, 0],
    [0, 0, 1],
  ]);
  const singular = (...values: number[]) => rankOf(turn.mmul(Matrix.diag(values)).mmul(turn.transpose()));
  assert.deepEqual(
    [singular(5, 1, 0.06), singular(5, 1, 0.04), singular(5, 0.04, 0.03), rankOf(Matrix.zeros(2, 5))],
    [3, 2, 1, 0],
  );
});
