/** Complex numbers, as their real and imaginary parts. */
export interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The decomposition P (shift I - M) = L U of a real square matrix M and a complex shift, with partial pivoting (Golub and Van Loan, "Matrix
 * Computations", 3.4). It is written here because ml-matrix decomposes real matrices only.
 */
export class ComplexLu {
  readonly #size: number;
  /** L without its diagonal of ones, and U, row by row. */
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  /** The row of M that became row i. */
  readonly #order: number[];

  /** @param matrix M, [size, size], row by row */
  constructor(matrix: Float64Array, size: number, shift: { readonly re: number; readonly im: number }) {
    this.#size = size;
    this.#re = matrix.map((value) => -value);
    this.#im = new Float64Array(matrix.length);
    this.#order = Array.from({ length: size }, (_, i) => i);
    for (let i = 0; i < size; i++) {
      this.#re[i * size + i] = shift.re + entry(this.#re, i * size + i);
      this.#im[i * size + i] = shift.im;
    }
    for (let column = 0; column < size; column++) {
      this.#pivot(column);
      for (let row = column + 1; row < size; row++) this.#eliminate(row, column);
    }
  }

  /** Returns the x of (shift I - M) x = right. */
  solve(right: ComplexVector): ComplexVector {
    const size = this.#size;
    const re = Float64Array.from(this.#order, (row) => entry(right.re, row));
    const im = Float64Array.from(this.#order, (row) => entry(right.im, row));
    for (let i = 1; i < size; i++) this.#subtractRow(i, 0, i, { re, im });
    for (let i = size - 1; i >= 0; i--) {
      this.#subtractRow(i, i + 1, size, { re, im });
      const [a, b] = [entry(this.#re, i * size + i), entry(this.#im, i * size + i)];
      const [c, d, norm] = [entry(re, i), entry(im, i), a * a + b * b];
      re[i] = (c * a + d * b) / norm;
      im[i] = (d * a - c * b) / norm;
    }
    return { re, im };
  }

  /** Subtracts from number i the entries `from` to `to` of row i times the same numbers of x. */
  #subtractRow(i: number, from: number, to: number, x: ComplexVector): void {
    let re = entry(x.re, i);
    let im = entry(x.im, i);
    for (let j = from; j < to; j++) {
      const a = entry(this.#re, i * this.#size + j);
      const b = entry(this.#im, i * this.#size + j);
      re -= a * entry(x.re, j) - b * entry(x.im, j);
      im -= a * entry(x.im, j) + b * entry(x.re, j);
    }
    x.re[i] = re;
    x.im[i] = im;
  }

  /** Swaps the row with the largest entry of a column into the place of the diagonal. */
  #pivot(column: number): void {
    const size = this.#size;
    const squared = (row: number) =>
      entry(this.#re, row * size + column) ** 2 + entry(this.#im, row * size + column) ** 2;
    let largest = column;
    for (let row = column + 1; row < size; row++) if (squared(row) > squared(largest)) largest = row;
    if (largest === column) return;
    for (const part of [this.#re, this.#im]) {
      const kept = part.slice(column * size, column * size + size);
      part.copyWithin(column * size, largest * size, largest * size + size);
      part.set(kept, largest * size);
    }
    const kept = this.#order[column] ?? NaN;
    this.#order[column] = this.#order[largest] ?? NaN;
    this.#order[largest] = kept;
  }

  #eliminate(row: number, column: number): void {
    const size = this.#size;
    const [from, to] = [column * size, row * size];
    const [a, b] = [entry(this.#re, from + column), entry(this.#im, from + column)];
    const [c, d, norm] = [entry(this.#re, to + column), entry(this.#im, to + column), a * a + b * b];
    const re = (c * a + d * b) / norm;
    const im = (d * a - c * b) / norm;
    this.#re[to + column] = re;
    this.#im[to + column] = im;
    if (re === 0 && im === 0) return;
    for (let j = column + 1; j < size; j++) {
      const x = entry(this.#re, from + j);
      const y = entry(this.#im, from + j);
      this.#re[to + j] = entry(this.#re, to + j) - (re * x - im * y);
      this.#im[to + j] = entry(this.#im, to + j) - (re * y + im * x);
    }
  }
}

function entry(data: Float64Array, index: number): number {
  return data[index] ?? NaN;
}
