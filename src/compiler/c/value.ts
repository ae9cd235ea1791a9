import type { Literal } from './program.js';
import type { CellType, View } from './view.js';

/** Tensors side by side along an axis that have not been put into one buffer: what is done to all is done to each. */
export interface Concatenation {
  readonly pieces: readonly Value[];
  readonly axis: number;
  readonly shape: readonly number[];
}

/** What an output of a recorded node is. A literal stands for a constant of any shape that is one number throughout. */
export type Value = View | (Literal & { readonly shape: readonly number[] }) | Concatenation;

export function isConcatenation(value: Value): value is Concatenation {
  return 'pieces' in value;
}

export function isCutAlike(a: Concatenation, b: Concatenation | undefined): boolean {
  const cuts = ({ pieces }: Concatenation) => pieces.map((piece) => piece.shape.join()).join(';');
  return b !== undefined && a.axis === b.axis && cuts(a) === cuts(b);
}

export function hasEqualPieces({ pieces }: Concatenation): boolean {
  return new Set(pieces.map((piece) => piece.shape.join())).size === 1;
}

export function dtypeOf(value: Value): CellType {
  if (!isConcatenation(value)) return value.dtype;
  const [piece] = value.pieces;
  if (piece === undefined) throw new Error('A concatenation of nothing was recorded.');
  return dtypeOf(piece);
}
