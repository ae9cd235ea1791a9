import type { Matrix } from 'ml-matrix';

/** A matrix over contiguous numbers: entry (i, j) is number i * row + j * column. */
interface View {
  readonly data: Float64Array;
  readonly row: number;
  readonly column: number;
}

/**
 * Returns the right side of Eq. (1) as a function for the solver, which calls it many thousand times. It is `simplifiedLossGradient` without
 * allocations, and in fewer numbers: dB~/dt is a matrix times A^T, so B~(t) = B~(0) + P(t) A^T, and P, [r, r*], with P(0) = 0, replaces B~.
 *
 *   dA~/dt = R M^T / eps~^2 - A~_ij / (|A~_j|^2 + eps~^2),  dP/dt = A~^T R / eps~^2 - M,
 *   d log eps~/dt = |R|_F^2 / eps~^4 - (d - r) / eps~^2 - sum_i 1 / (|A~_i|^2 + eps~^2)
 *
 * with M = B~ A = B~(0) A + P A^T A, [r, r*], and R = A - A~ M, [d, r*]. The argument has the entries of A~ and P, row by row, and log eps~.
 * The result is overwritten by the next call.
 *
 * @param truth A, [d, r*]
 * @param startEncoder B~(0), [r, d]
 */
export function flowDerivative(
  truth: Matrix,
  startEncoder: Matrix,
): (values: ArrayLike<number>) => Float64Array {
  const { rows: ambientDim, columns: rank } = truth;
  const latentDim = startEncoder.rows;
  const size = ambientDim * latentDim;
  const codeSize = latentDim * rank;
  const out = new Float64Array(size + codeSize + 1);
  const outDecoder = view(out.subarray(0, size), latentDim);
  const outEncoder = view(out.subarray(size, size + codeSize), rank);
  const a = Float64Array.from(truth.to1DArray());
  const gram = view(Float64Array.from(truth.transpose().mmul(truth).to1DArray()), rank);
  const startCode = Float64Array.from(startEncoder.mmul(truth).to1DArray());
  const decoder = view(new Float64Array(size), latentDim);
  const encoder = view(new Float64Array(codeSize), rank);
  const code = view(new Float64Array(codeSize), rank);
  const residual = view(new Float64Array(ambientDim * rank), rank);
  const weights = new Float64Array(latentDim);

  return (values) => {
    update(decoder.data, (_, i) => values[i] ?? NaN);
    update(encoder.data, (_, i) => values[size + i] ?? NaN);
    const variance = Math.exp(2 * (values[size + codeSize] ?? NaN));
    multiply(code, encoder, gram, [latentDim, rank, rank]);
    update(code.data, (value, i) => value + entry(startCode, i));
    multiply(residual, decoder, code, [ambientDim, latentDim, rank]);
    update(residual.data, (value, i) => entry(a, i) - value);
    columnWeights(weights, decoder.data, variance);

    multiply(outDecoder, residual, transposed(code), [ambientDim, rank, latentDim]);
    update(
      outDecoder.data,
      (value, i) => value / variance - entry(decoder.data, i) * entry(weights, i % latentDim),
    );
    multiply(outEncoder, transposed(decoder), residual, [latentDim, ambientDim, rank]);
    update(outEncoder.data, (value, i) => value / variance - entry(code.data, i));
    const squaredResidual = total(residual.data, (value) => value * value);
    out[size + codeSize] =
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
