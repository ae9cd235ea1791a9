import type { RecordedNode, Recording, TensorShape, ValueRef } from '../record.js';
import {
  attribute,
  cellType,
  constantValues,
  expressionOf,
  logicalShiftOf,
  missing,
  outputOf,
  requireGatherOfRows,
  sumOver,
  unsupported,
  unsupportedShape,
  type OperationNode,
} from './recorded.js';
import {
  dtypeOf,
  hasEqualPieces,
  isConcatenation,
  haveSamePieces,
  type Concatenation,
  type Value,
} from './value.js';
import { elideCopies } from './copy-elision.js';
import { isLiteral, type ConstantBuffer, type Operand, type Operation, type Program } from './program.js';
import {
  broadcast,
  isWhole,
  reshaped,
  sizeOf,
  sliced,
  squeezed,
  squeezedLike,
  transposed,
  wholeView,
  type Buffer,
  type CellType,
  type View,
} from './view.js';

/**
 * Lowers a recording to a program. Reshapes and slices become views, constants that repeat one number become literals, and everything
 * else becomes elementwise operations, products and sums.
 * @throws an Error if the recording has an operation, or a form of one, that the C engine does not support
 */
export function lower(recording: Recording, inputs: readonly TensorShape[]): Program {
  return new Lowering(inputs).run(recording);
}

class Lowering {
  readonly #operations: Operation[] = [];
  readonly #constants: ConstantBuffer[] = [];
  readonly #inputs: readonly View[];
  readonly #values = new Map<RecordedNode, Value>();
  #buffers = 0;

  constructor(inputs: readonly TensorShape[]) {
    this.#inputs = inputs.map(({ dtype, shape }) => this.#newView(cellType(dtype), shape));
  }

  run(recording: Recording): Program {
    for (const node of recording.nodes) {
      this.#values.set(node, node.kind === 'constant' ? this.#constant(node) : this.#operation(node));
    }
    const taken = new Set(this.#inputs.map(({ buffer }) => buffer));
    const outputs = recording.outputs.map(({ ref }) => this.#output(this.#value(ref), taken));
    const inputs = this.#inputs.map(({ buffer }) => buffer);
    return elideCopies({ operations: this.#operations, constants: this.#constants, inputs, outputs });
  }

  #operation(node: OperationNode): Value {
    const { shape, dtype } = outputOf(node);
    const inputs = node.inputs.map((ref) => this.#value(ref));
    const [first = missing(node), second] = inputs;
    switch (node.operation) {
      case 'Reshape':
        return this.#reshape(first, shape);
      case 'Slice':
        return this.#slice(first, constantValues(node.inputs[1]), shape);
      case 'Transpose':
        if (shape.length !== 2) return unsupported(node, 'with more than two dimensions');
        return transposed(this.#materialize(first));
      case 'ConcatV2':
        return this.#concat(inputs.slice(0, -1), constantValues(node.inputs.at(-1))[0] ?? 0, shape);
      case 'Pack':
        return this.#pack(inputs, Number(attribute(node, 'axis')), shape);
      case 'MatMul':
      case 'BatchMatMulV2':
        return this.#matmul(node, first, second ?? missing(node), shape);
      case 'Sum':
        return this.#sum(node, this.#materialize(first), shape);
      case 'GatherV2':
        return this.#gather(node, first, second ?? missing(node), shape);
      case 'Fill':
        return second !== undefined && 'literal' in second
          ? { ...second, shape }
          : unsupported(node, 'with a value that is not constant');
      case 'ZerosLike':
        return { literal: 0, dtype: cellType(dtype), shape };
      default:
        return this.#elementwise(node, inputs, shape, cellType(dtype));
    }
  }

  #elementwise(node: OperationNode, inputs: Value[], shape: readonly number[], dtype: CellType): Value {
    const [first = missing(node)] = inputs;
    if (node.operation === 'Cast' && dtypeOf(first) === dtype) return first;
    const expression = expressionOf(node, dtypeOf(first), dtype);
    const shift = logicalShiftOf(node)?.map((ref) => this.#value(ref));
    if (shift !== undefined) return this.#apply('LogicalRightShift', shift, shape, dtype);
    return this.#apply(expression, inputs, shape, dtype);
  }

  /**
   * Applies an expression. Operands that are concatenations of equal pieces, for example random words, are processed piece by piece,
   * which avoids a copy between two operations. Pieces of different sizes, for example in a flat gradient, are concatenated first.
   */
  #apply(expression: string, inputs: readonly Value[], shape: readonly number[], dtype: CellType): Value {
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
        this.#apply(
          expression,
          inputs.map((input) => (isConcatenation(input) ? (input.pieces[index] ?? input) : input)),
          piece.shape,
          dtype,
        ),
      );
      return { pieces, axis: split.axis, shape };
    }
    const operands = inputs.map((input): Operand =>
      'literal' in input ? input : broadcast(this.#materialize(input), shape),
    );
    return this.#emit(expression, operands, this.#newView(dtype, shape));
  }

  #matmul(node: OperationNode, left: Value, right: Value, shape: readonly number[]): View {
    const isTransposed = (name: string) =>
      node.attributes.some((one) => one.name === name && one.value === true);
    const matrix = (value: Value, flip: boolean) => {
      const view = this.#materialize(value);
      const { length } = view.shape;
      if (view.shape.slice(0, length - 2).some((size) => size !== 1))
        unsupported(node, 'with more than one matrix');
      const last = { ...view, shape: view.shape.slice(length - 2), strides: view.strides.slice(length - 2) };
      return flip ? transposed(last) : last;
    };
    const a = matrix(left, isTransposed('adj_x') || isTransposed('transpose_a'));
    const b = matrix(right, isTransposed('adj_y') || isTransposed('transpose_b'));
    const [rows = 1] = a.shape;
    const [, columns = 1] = b.shape;
    const out = this.#newView('float32', [rows, columns]);
    this.#operations.push({ kind: 'matmul', left: a, right: this.#withUnitColumns(b), out });
    return reshaped(out, shape) ?? missing(node);
  }

  #withUnitColumns(view: View): View {
    if (view.strides[1] === 1) return view;
    const out = this.#newView('float32', view.shape);
    if (view.strides[0] === 1) this.#operations.push({ kind: 'transpose', input: transposed(view), out });
    else this.#emit('Identity', [view], out);
    return out;
  }

  #sum(node: OperationNode, input: View, shape: readonly number[]): View {
    const over = sumOver(node, input.shape);
    const out = this.#newView('float32', shape);
    this.#operations.push({ kind: 'sum', over, input: this.#matrix(input, input.shape.at(-1) ?? 1), out });
    return out;
  }

  #gather(node: OperationNode, from: Value, which: Value, shape: readonly number[]): View {
    requireGatherOfRows(node, dtypeOf(which));
    const table = this.#matrix(from, sizeOf(from.shape.slice(1)));
    const out = this.#newView(table.dtype, shape);
    this.#operations.push({ kind: 'gather', table, indices: this.#matrix(which, 1), out });
    return out;
  }

  /** Returns the tensor as a row-major matrix. */
  #matrix(value: Value, columns: number): View {
    return this.#reshape(this.#materialize(value), [sizeOf(value.shape) / columns, columns]) as View;
  }

  #reshape(value: Value, shape: readonly number[]): Value {
    if ('literal' in value) return { ...value, shape };
    if (isConcatenation(value)) {
      const squeeze = (sizes: readonly number[]) => sizes.filter((size) => size !== 1).join();
      if (sizeOf(shape.slice(0, -1)) === 1 && squeeze(value.shape) === squeeze(shape)) {
        const pieces = value.pieces.map((piece) =>
          this.#reshape(
            piece,
            shape.map((_, axis) => (axis === shape.length - 1 ? sizeOf(piece.shape) : 1)),
          ),
        );
        return { pieces, axis: shape.length - 1, shape };
      }
    }
    const view = this.#materialize(value);
    return reshaped(view, shape) ?? reshaped(this.#copy(view), shape) ?? unsupportedShape(shape);
  }

  #slice(value: Value, begin: readonly number[], shape: readonly number[]): Value {
    if ('literal' in value) return { ...value, shape };
    return sliced(this.#materialize(value), begin, shape);
  }

  #pack(inputs: readonly Value[], axis: number, shape: readonly number[]): Concatenation {
    const pieceShape = shape.map((size, index) =>
      index === (axis + shape.length) % shape.length ? 1 : size,
    );
    const pieces = inputs.map((input) => this.#reshape(input, pieceShape));
    return this.#concat(pieces, axis, shape);
  }

  #concat(pieces: readonly Value[], axis: number, shape: readonly number[]): Concatenation {
    return { pieces, axis: axis < 0 ? axis + shape.length : axis, shape };
  }

  /** Returns a view of the tensor in a buffer; copies it into one if necessary. */
  #materialize(value: Value): View {
    if ('buffer' in value) return value;
    const out = this.#newView(dtypeOf(value), value.shape);
    this.#fill(out, value);
    this.#replace(value, out);
    return out;
  }

  /** Copies the value, piece by piece, into a view. */
  #fill(out: View, value: Value): void {
    if (!isConcatenation(value)) {
      const operand = 'literal' in value ? value : broadcast(value, out.shape);
      this.#emit('Identity', [operand], out);
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
    for (const [node, known] of this.#values) if (known === value) this.#values.set(node, view);
  }

  #copy(view: View): View {
    return this.#emit('Identity', [view], this.#newView(view.dtype, view.shape));
  }

  /** Returns a view of the value that covers a whole buffer, which no input, constant or other output uses. */
  #output(value: Value, taken: Set<Buffer>): View {
    const view = this.#materialize(value);
    const isConstant = this.#constants.some(({ buffer }) => buffer === view.buffer);
    const own = isWhole(view) && !isConstant && !taken.has(view.buffer) ? view : this.#copy(view);
    taken.add(own.buffer);
    return own;
  }

  #emit(expression: string, operands: readonly Operand[], out: View): View {
    const views = operands.map((operand) =>
      isLiteral(operand) ? operand : squeezedLike(operand, out.shape),
    );
    this.#operations.push({ kind: 'elementwise', expression, operands: views, out: squeezed(out) });
    return out;
  }

  #constant({ dtype, shape, values }: RecordedNode & { readonly kind: 'constant' }): Value {
    const type = cellType(dtype);
    const [first = 0] = Array.from(values);
    if (Array.from(values).every((value) => Object.is(value, first)))
      return { literal: first, dtype: type, shape };
    const view = this.#newView(type, shape);
    this.#constants.push({ buffer: view.buffer, dtype: type, values: Array.from(values) });
    return view;
  }

  #newView(dtype: CellType, shape: readonly number[]): View {
    const buffer: Buffer = { id: this.#buffers++, size: sizeOf(shape) };
    return wholeView(buffer, dtype, shape);
  }

  #value({ node, output }: ValueRef): Value {
    const value = node === null ? this.#inputs[output] : this.#values.get(node);
    if (value === undefined)
      throw new Error('The recording refers to a node or an input that it does not contain.');
    return value;
  }
}
