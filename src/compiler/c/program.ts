import type { Buffer, CellType, View } from './view.js';

/** An operand of an elementwise operation: a tensor, broadcast to the operation's shape, or one number for all elements. */
export type Operand = View | Literal;

export interface Literal {
  readonly literal: number;
  readonly dtype: CellType;
}

/** out[i] = expression(operands[i]) for all i. */
export interface Elementwise {
  readonly kind: 'elementwise';
  /** A key of `EXPRESSIONS`. */
  readonly expression: string;
  /** The operands; each has the shape of `out`. */
  readonly operands: readonly Operand[];
  readonly out: View;
}

/** out = left right, for float32 matrices. The strides of the views express transpositions. */
export interface MatMul {
  readonly kind: 'matmul';
  readonly left: View;
  /** The right matrix; its elements are contiguous within a row. */
  readonly right: View;
  readonly out: View;
  /** For several products of the same shape: their number, and the cells between two matrices of each operand. */
  readonly batch?: {
    readonly count: number;
    readonly left: number;
    readonly right: number;
    readonly out: number;
  };
}

/** out = the transpose of the row-major matrix `input`, row-major. */
export interface Transpose {
  readonly kind: 'transpose';
  readonly input: View;
  readonly out: View;
}

/** A float32 sum over all elements, over the rows or over the columns of the row-major matrix `input`. */
export interface Sum {
  readonly kind: 'sum';
  readonly over: 'all' | 'rows' | 'columns';
  readonly input: View;
  readonly out: View;
}

/**
 * out[i] = the largest, smallest, product, or index of the first largest or smallest element of row i of the matrix `input`; for a
 * cumulative sum, row i of `out` has the running sums of row i.
 */
export interface Reduce {
  readonly kind: 'reduce';
  readonly reduction: 'max' | 'min' | 'prod' | 'argmax' | 'argmin' | 'cumsum';
  /** A row-major matrix of float32. */
  readonly input: View;
  readonly out: View;
}

/** out[i] = row `indices[i]` of the matrix `table`. An index outside of the table selects the nearest row. */
export interface Gather {
  readonly kind: 'gather';
  /** A row-major matrix. */
  readonly table: View;
  /** An int32 tensor [rows of out, 1]. */
  readonly indices: View;
  readonly out: View;
}

/** Row `indices[i]` of the matrix `out` is the sum of the rows i of `input`. An index outside of `out` is ignored. */
export interface Scatter {
  readonly kind: 'scatter';
  /** A row-major matrix of float32. */
  readonly input: View;
  /** An int32 tensor [rows of input, 1]. */
  readonly indices: View;
  readonly out: View;
}

/** How a window moves over one axis of an image. */
export interface Window {
  /** Elements of the window. */
  readonly size: number;
  /** Distance of two windows. */
  readonly stride: number;
  /** Distance of two elements of a window. */
  readonly dilation: number;
  /** Elements of padding before the first of the axis. */
  readonly before: number;
  /** Number of windows. */
  readonly count: number;
}

/** How a window moves down and across an image. */
export type Windows = readonly [Window, Window];

/** The windows of row-major images [n, h, w, channels], as rows of the matrix `out`; elements outside of an image are 0. */
export interface Unfold {
  readonly kind: 'unfold';
  readonly windows: Windows;
  readonly input: View;
  readonly out: View;
}

/** The opposite: each element of the images `out` [n, h, w, channels] is the sum of its copies in the windows `input`. */
export interface Fold {
  readonly kind: 'fold';
  readonly windows: Windows;
  readonly input: View;
  readonly out: View;
}

export type Operation = Elementwise | MatMul | Transpose | Sum | Reduce | Gather | Scatter | Unfold | Fold;

/** A constant whose elements differ. */
export interface ConstantBuffer {
  readonly buffer: Buffer;
  readonly dtype: CellType;
  readonly values: readonly number[];
}

/** A straight-line program over buffers. */
export interface Program {
  readonly operations: readonly Operation[];
  readonly constants: readonly ConstantBuffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly View[];
}

export function isLiteral(operand: Operand): operand is Literal {
  return 'literal' in operand;
}

/** Returns the tensors that an operation reads. */
export function readsOf(operation: Operation): View[] {
  switch (operation.kind) {
    case 'elementwise':
      return operation.operands.filter((operand): operand is View => !isLiteral(operand));
    case 'matmul':
      return [operation.left, operation.right];
    case 'transpose':
    case 'sum':
    case 'reduce':
    case 'unfold':
    case 'fold':
      return [operation.input];
    case 'gather':
      return [operation.table, operation.indices];
    case 'scatter':
      return [operation.input, operation.indices];
  }
}
