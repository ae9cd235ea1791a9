import type { Literal } from './program.js';
import type { CellType, View } from './view.js';

/** Tensors that are concatenated along an axis but not yet copied into one buffer. Operations can be applied to each piece. */
export interface Concatenation {
  readonly pieces: readonly Value[];
  readonly axis: number;
  readonly shape: readonly number[];
}

/** The output of a recorded node. A literal is a constant of any shape whose elements are all the same number. */
export type Value = View | (Literal & { readonly shape: readonly number[] }) | Concatenation;

export function isConcatenation(value: Value): value is Concatenation {
  return 'pieces' in value;
}

/** Whether two tensors are split along the same axis into pieces of the same shapes. */
export function haveSamePieces(a: Concatenation, b: Concatenation | undefined): boolean {
  const shapes = ({ pieces }: Concatenation) => pieces.map((piece) => piece.shape.join()).join(';');
  return b !== undefined && a.axis === b.axis && shapes(a) === shapes(b);
}

/** Whether all pieces have the same shape. */
export function hasEqualPieces({ pieces }: Concatenation): boolean {
  return new Set(pieces.map((piece) => piece.shape.join())).size === 1;
}

export function dtypeOf(value: Value): CellType {
  if (!isConcatenation(value)) return value.dtype;
  const [piece] = value.pieces;
  if (piece === undefined) throw new Error('The recording contains an empty concatenation.');
  return dtypeOf(piece);
}
