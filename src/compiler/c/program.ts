import type { Buffer, CellType, View } from './view.js';

/** What an elementwise operation reads: a tensor, repeated to the operation's shape, or one number for all elements. */
export type Operand = View | Literal;

export interface Literal {
  readonly literal: number;
  readonly dtype: CellType;
}

/** out[i] = expression(operands[i]) for all i. */
export interface Elementwise {
  readonly kind: 'elementwise';
  /** A name in `EXPRESSIONS`. */
  readonly expression: string;
  /** Each of the shape of `out`. */
  readonly operands: readonly Operand[];
  readonly out: View;
}

/** out = left right; the views' strides say what is transposed. float32 matrices. */
export interface MatMul {
  readonly kind: 'matmul';
  readonly left: View;
  /** Its columns lie one after the other. */
  readonly right: View;
  readonly out: View;
}

/** out = the matrix `input`, moved so that it lies row by row. */
export interface Transpose {
  readonly kind: 'transpose';
  readonly input: View;
  readonly out: View;
}

/** Sums of float32: of all elements, of each column or of each row of a matrix. `input` lies row by row. */
export interface Sum {
  readonly kind: 'sum';
  readonly over: 'all' | 'rows' | 'columns';
  readonly input: View;
  readonly out: View;
}

/** out[i] = row `indices[i]` of the matrix `table`; an index outside of the table takes its nearest row. */
export interface Gather {
  readonly kind: 'gather';
  /** Lies row by row. */
  readonly table: View;
  /** int32, [rows of out, 1]. */
  readonly indices: View;
  readonly out: View;
}

export type Operation = Elementwise | MatMul | Transpose | Sum | Gather;

/** A constant that is not one number throughout. */
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

/** The tensors that an operation reads. */
export function readsOf(operation: Operation): View[] {
  switch (operation.kind) {
    case 'elementwise':
      return operation.operands.filter((operand): operand is View => !isLiteral(operand));
    case 'matmul':
      return [operation.left, operation.right];
    case 'transpose':
    case 'sum':
      return [operation.input];
    case 'gather':
      return [operation.table, operation.indices];
  }
}
