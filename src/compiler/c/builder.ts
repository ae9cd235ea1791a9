import type { RecordedNode, Recording, TensorShape, ValueRef } from '../record.js';
import { elideCopies } from './copy-elision.js';
import { isLiteral, type ConstantBuffer, type Operand, type Operation, type Program } from './program.js';
import { cellType, unsupportedShape } from './recorded.js';
import {
  dtypeOf,
  haveSamePieces,
  hasEqualPieces,
  isConcatenation,
  type Concatenation,
  type Value,
} from './value.js';
import {
  broadcast,
  isWhole,
  reshaped,
  sizeOf,
  sliced,
  squeezed,
  squeezedLike,
  wholeView,
  type Buffer,
  type CellType,
  type View,
} from './view.js';

/** Builds a program from the values of recorded nodes. */
export class Builder {
  readonly #operations: Operation[] = [];
  readonly #constants: ConstantBuffer[] = [];
  readonly #inputs: readonly View[];
  /** The outputs of each node. */
  readonly #values = new Map<RecordedNode, Value[]>();
  readonly #known = new Map<string, View>();
  #buffers = 0;

  constructor(inputs: readonly TensorShape[]) {
    this.#inputs = inputs.map(({ dtype, shape }) => this.newView(cellType(dtype), shape));
  }

  define(node: RecordedNode, values: readonly Value[]): void {
    this.#values.set(node, [...values]);
  }

  value({ node, output }: ValueRef): Value {
    const value = node === null ? this.#inputs[output] : this.#values.get(node)?.[output];
    if (value === undefined)
      throw new Error('The recording refers to a node or an input that it does not contain.');
    return value;
  }

  finish({ outputs }: Recording): Program {
    const taken = new Set(this.#inputs.map(({ buffer }) => buffer));
    const views = outputs.map(({ ref }) => this.#output(this.value(ref), taken));
    const inputs = this.#inputs.map(({ buffer }) => buffer);
    return elideCopies({
      operations: this.#operations,
      constants: this.#constants,
      inputs,
      outputs: views,
    });
  }

  /** Returns a constant: a literal if all of its elements are the same number. */
  constant(dtype: CellType, shape: readonly number[], values: readonly number[]): Value {
    const [first = 0] = values;
    if (values.every((value) => Object.is(value, first))) return { literal: first, dtype, shape };
    const view = this.newView(dtype, shape);
    this.#constants.push({ buffer: view.buffer, dtype, values });
    return view;
  }

  newView(dtype: CellType, shape: readonly number[]): View {
    const buffer: Buffer = { id: this.#buffers++, size: sizeOf(shape) };
    return wholeView(buffer, dtype, shape);
  }

  add(operation: Operation): void {
    this.#operations.push(operation);
  }

  /** Returns the view that `make` returned for the same key before, or calls it. */
  once(key: string, make: () => View): View {
    const view = this.#known.get(key) ?? make();
    this.#known.set(key, view);
    return view;
  }

  /**
   * Applies an expression. Operands that are concatenations of equal pieces, for example random words, are processed piece by piece,
   * which avoids a copy between two operations. Pieces of different sizes, for example in a flat gradient, are concatenated first.
   */
  apply(expression: string, inputs: readonly Value[], shape: readonly number[], dtype: CellType): Value {
    const split = inputs.find(isConcatenation);
    const matches = (value: Value) =>
      isConcatenation(value) ? haveSamePieces(value, split) : 'literal' in value || sizeOf(value.shape) === 1;
    if (
      split !== undefined &&
      hasEqualPieces(split) &&
      split.shape.join() === shape.join() &&
      inputs.every(matches)
    ) {
      const pieces = split.pieces.map((piece, index) =>
        this.apply(
          expression,
          inputs.map((input) => (isConcatenation(input) ? (input.pieces[index] ?? input) : input)),
          piece.shape,
          dtype,
        ),
      );
      return { pieces, axis: split.axis, shape };
    }
    const operands = inputs.map((input): Operand =>
      'literal' in input ? input : broadcast(this.materialize(input), shape),
    );
    return this.emit(expression, operands, this.newView(dtype, shape));
  }

  /** Adds an elementwise operation. @returns `out` */
  emit(expression: string, operands: readonly Operand[], out: View): View {
    const views = operands.map((operand) =>
      isLiteral(operand) ? operand : squeezedLike(operand, out.shape),
    );
    this.#operations.push({ kind: 'elementwise', expression, operands: views, out: squeezed(out) });
    return out;
  }

  /** Returns the tensor as a row-major matrix. */
  matrix(value: Value, columns: number): View {
    return this.reshape(this.materialize(value), [sizeOf(value.shape) / columns, columns]) as View;
  }

  reshape(value: Value, shape: readonly number[]): Value {
    if ('literal' in value) return { ...value, shape };
    if (isConcatenation(value)) {
      const squeeze = (sizes: readonly number[]) => sizes.filter((size) => size !== 1).join();
      if (sizeOf(shape.slice(0, -1)) === 1 && squeeze(value.shape) === squeeze(shape)) {
        const pieces = value.pieces.map((piece) =>
          this.reshape(
            piece,
            shape.map((_, axis) => (axis === shape.length - 1 ? sizeOf(piece.shape) : 1)),
          ),
        );
        return { pieces, axis: shape.length - 1, shape };
      }
    }
    const view = this.materialize(value);
    return reshaped(view, shape) ?? reshaped(this.copy(view), shape) ?? unsupportedShape(shape);
  }

  slice(value: Value, begin: readonly number[], shape: readonly number[]): Value {
    if ('literal' in value) return { ...value, shape };
    return sliced(this.materialize(value), begin, shape);
  }

  concat(pieces: readonly Value[], axis: number, shape: readonly number[]): Concatenation {
    return { pieces, axis: axis < 0 ? axis + shape.length : axis, shape };
  }

  /** Returns a view of the tensor in a buffer; copies it into one if necessary. */
  materialize(value: Value): View {
    if ('buffer' in value) return value;
    const out = this.newView(dtypeOf(value), value.shape);
    this.#fill(out, value);
    this.#replace(value, out);
    return out;
  }

  /** Returns a row-major copy. */
  copy(view: View): View {
    return this.emit('Identity', [view], this.newView(view.dtype, view.shape));
  }

  /** Copies the value, piece by piece, into a view. */
  #fill(out: View, value: Value): void {
    if (!isConcatenation(value)) {
      const operand = 'literal' in value ? value : broadcast(value, out.shape);
      this.emit('Identity', [operand], out);
      return;
    }
    let start = 0;
    for (const piece of value.pieces) {
      const begin = out.shape.map((_, axis) => (axis === value.axis ? start : 0));
      this.#fill(sliced(out, begin, piece.shape), piece);
      start += piece.shape[value.axis] ?? 0;
    }
  }

  /** Remembers the buffer of a value, so that it is copied only once. */
  #replace(value: Value, view: View): void {
    for (const values of this.#values.values())
      values.forEach((known, output) => {
        if (known === value) values[output] = view;
      });
  }

  /** Returns a view of the value that covers a whole buffer, which no input, constant or other output uses. */
  #output(value: Value, taken: Set<Buffer>): View {
    const view = this.materialize(value);
    const isConstant = this.#constants.some(({ buffer }) => buffer === view.buffer);
    const own = isWhole(view) && !isConstant && !taken.has(view.buffer) ? view : this.copy(view);
    taken.add(own.buffer);
    return own;
  }
}
