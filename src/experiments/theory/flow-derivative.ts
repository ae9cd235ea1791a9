import type { Matrix } from 'ml-matrix';

/** A matrix over contiguous numbers: entry (i, j) is number i * row + j * column. */
interface View {
  readonly data: Float64Array;
  readonly row: number;
  readonly column: number;
}

/**
 * Returns the right side of Eq. (1), d/dt (A~, B~, log eps~), as a function for the solver, which calls it a hundred thousand times. It is
 * `simplifiedLossGradient` without allocations. Its argument has the entries of A~ and B~, row by row, and log eps~.
 *
 *   dA~/dt = R M^T / eps~^2 - A~_ij / (|A~_j|^2 + eps~^2),  dB~/dt = (A~^T R / eps~^2 - M) A^T,
 *   d log eps~/dt = |R|_F^2 / eps~^4 - (d - r) / eps~^2 - sum_i 1 / (|A~_i|^2 + eps~^2)
 *
 * with R = A - A~ B~ A, [d, r*], and M = B~ A, [r, r*]. The result is overwritten by the next call.
 *
 * @param truth A, [d, r*]
 */
export function flowDerivative(
  truth: Matrix,
  latentDim: number,
): (values: readonly number[]) => Float64Array {
  const { rows: ambientDim, columns: rank } = truth;
  const size = ambientDim * latentDim;
  const out = new Float64Array(2 * size + 1);
  const outDecoder = view(out.subarray(0, size), latentDim);
  const outEncoder = view(out.subarray(size, 2 * size), ambientDim);
  const a = view(Float64Array.from(truth.to1DArray()), rank);
  const decoder = view(new Float64Array(size), latentDim);
  const encoder = view(new Float64Array(size), ambientDim);
  const code = view(new Float64Array(latentDim * rank), rank);
  const byCode = view(new Float64Array(latentDim * rank), rank);
  const residual = view(new Float64Array(ambientDim * rank), rank);
  const weights = new Float64Array(latentDim);

  return (values) => {
    for (let i = 0; i < size; i++) {
      decoder.data[i] = values[i] ?? NaN;
      encoder.data[i] = values[size + i] ?? NaN;
    }
    const variance = Math.exp(2 * (values[2 * size] ?? NaN));
    multiply(code, encoder, a, [latentDim, ambientDim, rank]);
    multiply(residual, decoder, code, [ambientDim, latentDim, rank]);
    update(residual.data, (value, i) => entry(a.data, i) - value);
    columnWeights(weights, decoder.data, variance);

    multiply(outDecoder, residual, transposed(code), [ambientDim, rank, latentDim]);
    update(
      outDecoder.data,
      (value, i) => value / variance - entry(decoder.data, i) * entry(weights, i % latentDim),
    );
    multiply(byCode, transposed(decoder), residual, [latentDim, ambientDim, rank]);
    update(byCode.data, (value, i) => value / variance - entry(code.data, i));
    multiply(outEncoder, byCode, transposed(a), [latentDim, rank, ambientDim]);
    const squaredResidual = total(residual.data, (value) => value * value);
    out[2 * size] =
      (squaredResidual / variance - ambientDim + latentDim) / variance - total(weights, (value) => value);
    return out;
  };
}

/** Computes out = left right, [rows, depth] times [depth, columns]; out is row-major. */
function multiply(
  out: View,
  left: View,
  right: View,
  [rows, depth, columns]: readonly [number, number, number],
): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      let a = i * left.row;
      let b = j * right.column;
      for (let l = 0; l < depth; l++) {
        sum += entry(left.data, a) * entry(right.data, b);
        a += left.column;
        b += right.row;
      }
      out.data[i * columns + j] = sum;
    }
}

/** Computes 1 / (|A~_j|^2 + eps~^2) for every column j. */
function columnWeights(out: Float64Array, decoder: Float64Array, variance: number): void {
  out.fill(variance);
  for (let i = 0; i < decoder.length; i++) {
    const column = i % out.length;
    out[column] = entry(out, column) + entry(decoder, i) ** 2;
  }
  update(out, (value) => 1 / value);
}

function update(data: Float64Array, compute: (value: number, index: number) => number): void {
  for (let i = 0; i < data.length; i++) data[i] = compute(entry(data, i), i);
}

function total(data: Float64Array, compute: (value: number) => number): number {
  let sum = 0;
  for (const value of data) sum += compute(value);
  return sum;
}

function view(data: Float64Array, columns: number): View {
  return { data, row: columns, column: 1 };
}

function transposed({ data, row, column }: View): View {
  return { data, row: column, column: row };
}

function entry(data: Float64Array, index: number): number {
  return data[index] ?? NaN;
}
