import type { Builder } from '../builder.js';
import { attribute, cellType, constantValues, outputOf, unsupported, unsupportedShape } from '../recorded.js';
import { dtypeOf, type Value } from '../value.js';
import { permuted, reshaped, reversed, sizeOf, sliced, type View } from '../view.js';
import { axisOf, inputOf, type Call } from './call.js';

export function lowerReshape(call: Call): Value {
  return call.builder.reshape(inputOf(call, 0), outputOf(call.node).shape);
}

export function lowerSlice(call: Call): Value {
  return call.builder.slice(inputOf(call, 0), constantValues(call.node.inputs[1]), outputOf(call.node).shape);
}

/** Lowers a slice that takes every n-th element of an axis, also backwards. */
export function lowerStridedSlice(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const masks = ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];
  if (masks.some((name) => Number(attribute(node, name) ?? 0) !== 0))
    return unsupported(node, 'with an ellipsis, a new axis or a removed axis');
  const view = builder.materialize(inputOf(call, 0));
  const steps = constantValues(node.inputs[3]);
  const isWholeAxis = (axis: number) => ((Number(attribute(node, 'begin_mask') ?? 0) >> axis) & 1) === 1;
  const begin = constantValues(node.inputs[1]).map((start, axis) => {
    const size = view.shape[axis] ?? 1;
    if (isWholeAxis(axis)) return (steps[axis] ?? 1) > 0 ? 0 : size - 1;
    return Math.min(start < 0 ? start + size : start, size - 1);
  });
  const slice = sliced(view, begin, shape);
  return { ...slice, strides: slice.strides.map((stride, axis) => stride * (steps[axis] ?? 1)) };
}

export function lowerReverse(call: Call): Value {
  const view = call.builder.materialize(inputOf(call, 0));
  const axes = constantValues(call.node.inputs[1]).map((axis) => axisOf(axis, view.shape));
  return reversed(view, axes);
}

export function lowerTranspose(call: Call): Value {
  return permuted(call.builder.materialize(inputOf(call, 0)), constantValues(call.node.inputs[1]));
}

export function lowerConcat({ node, inputs, builder }: Call): Value {
  const axis = constantValues(node.inputs.at(-1))[0] ?? 0;
  return builder.concat(inputs.slice(0, -1), axis, outputOf(node).shape);
}

/** Lowers a stack of tensors along a new axis. */
export function lowerPack({ node, inputs, builder }: Call): Value {
  const { shape } = outputOf(node);
  const axis = axisOf(Number(attribute(node, 'axis')), shape);
  const pieceShape = shape.map((size, index) => (index === axis ? 1 : size));
  const pieces = inputs.map((input) => builder.reshape(input, pieceShape));
  return builder.concat(pieces, axis, shape);
}

/** Lowers the opposite of a stack: one output per element of an axis. */
export function lowerUnpack(call: Call): readonly Value[] {
  const { node, builder } = call;
  const input = inputOf(call, 0);
  const axis = axisOf(Number(attribute(node, 'axis')), input.shape);
  return pieces(call, input, axis, Array<number>(input.shape[axis] ?? 0).fill(1)).map((piece, index) =>
    builder.reshape(piece, node.outputs[index]?.shape ?? []),
  );
}

/** Lowers a split along an axis into pieces of given sizes. */
export function lowerSplit(call: Call): readonly Value[] {
  const { node } = call;
  const axis = axisOf(constantValues(node.inputs[2])[0] ?? 0, inputOf(call, 0).shape);
  return pieces(call, inputOf(call, 0), axis, constantValues(node.inputs[1]));
}

function pieces({ builder }: Call, input: Value, axis: number, sizes: readonly number[]): Value[] {
  let start = 0;
  return sizes.map((size) => {
    const begin = input.shape.map((_, other) => (other === axis ? start : 0));
    start += size;
    return builder.slice(
      input,
      begin,
      input.shape.map((whole, other) => (other === axis ? size : whole)),
    );
  });
}

/** Lowers a padding with a constant: a concatenation along each axis. */
export function lowerPad(call: Call): Value {
  const { node, builder } = call;
  const padding = inputOf(call, 2);
  if (!('literal' in padding)) return unsupported(node, 'with a value that is not constant');
  const sizes = constantValues(node.inputs[1]);
  const first = inputOf(call, 0);
  return first.shape.reduce<Value>((value, _, axis) => {
    const around = [sizes[2 * axis] ?? 0, sizes[2 * axis + 1] ?? 0] as const;
    return padOrCrop(builder, value, axis, around, padding.literal);
  }, first);
}

/** Adds elements before and after those of an axis, or removes as many where a number is negative. */
export function padOrCrop(
  builder: Builder,
  value: Value,
  axis: number,
  [before, after]: readonly [number, number],
  literal: number,
): Value {
  const sized = (size: number) => value.shape.map((other, index) => (index === axis ? size : other));
  const whole = value.shape[axis] ?? 1;
  const kept = whole + Math.min(before, 0) + Math.min(after, 0);
  const begin = value.shape.map((_, index) => (index === axis ? Math.max(-before, 0) : 0));
  const inner = kept === whole ? value : builder.slice(value, begin, sized(kept));
  if (Math.max(before, after) <= 0) return inner;
  const filler = (size: number): Value[] =>
    size <= 0 ? [] : [{ literal, dtype: dtypeOf(value), shape: sized(size) }];
  const size = Math.max(before, 0) + kept + Math.max(after, 0);
  return builder.concat([...filler(before), inner, ...filler(after)], axis, sized(size));
}

/** Lowers a repetition along each axis: a broadcast along new axes, which are then merged. */
export function lowerTile(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const value = inputOf(call, 0);
  if ('literal' in value) return { ...value, shape };
  const times = constantValues(node.inputs[1]);
  const view = builder.materialize(value);
  const repeated: View = {
    ...view,
    shape: view.shape.flatMap((size, axis) => [times[axis] ?? 1, size]),
    strides: view.strides.flatMap((stride) => [0, stride]),
  };
  return reshaped(builder.copy(repeated), shape) ?? unsupportedShape(shape);
}

/** Lowers rows of zeros with a one where an index says. */
export function lowerOneHot(call: Call): Value {
  const { node, builder } = call;
  const { shape, dtype } = outputOf(node);
  const [indices, on, off] = [inputOf(call, 0), inputOf(call, 2), inputOf(call, 3)];
  const depth = shape.at(-1) ?? 1;
  const positions = builder.constant(
    'int32',
    [depth],
    Array.from({ length: depth }, (_, position) => position),
  );
  const column = builder.reshape(indices, [...shape.slice(0, -1), 1]);
  const isHot = builder.apply('Equal', [column, positions], shape, 'bool');
  return builder.apply('Select', [isHot, on, off], shape, cellType(dtype));
}

export function lowerFill(call: Call): Value {
  const value = inputOf(call, 1);
  const { shape } = outputOf(call.node);
  return 'literal' in value
    ? { ...value, shape }
    : unsupported(call.node, 'with a value that is not constant');
}

/** Lowers a tensor whose elements are all the same number. */
export function lowerConstantLike(literal: number) {
  return ({ node }: Call): Value => {
    const { shape, dtype } = outputOf(node);
    return { literal, dtype: cellType(dtype), shape };
  };
}

/** Lowers a choice of elements along an axis, as a choice of whole rows of a table. */
export function lowerGather(call: Call): Value {
  const { node, builder } = call;
  const [from, which] = [inputOf(call, 0), inputOf(call, 1)];
  if (Number(attribute(node, 'batch_dims') ?? 0) !== 0)
    return unsupported(node, 'with batch_dims other than 0');
  if (dtypeOf(which) !== 'int32') return unsupported(node, 'with indices that are not int32');
  const axis = axisOf(constantValues(node.inputs[2])[0] ?? 0, from.shape);
  const order = from.shape.map((_, index) => index);
  const rowsFirst = [axis, ...order.filter((index) => index !== axis)];
  const source = axis === 0 ? from : permuted(builder.materialize(from), rowsFirst);
  const rest = source.shape.slice(1);
  const table = builder.matrix(source, sizeOf(rest));
  const out = builder.newView(table.dtype, [...which.shape, ...rest]);
  builder.add({ kind: 'gather', table, indices: builder.matrix(which, 1), out });
  if (axis === 0) return out;
  const indexAxes = which.shape.map((_, index) => index);
  const restAxes = rest.map((_, index) => which.shape.length + index);
  return permuted(out, [...restAxes.slice(0, axis), ...indexAxes, ...restAxes.slice(axis)]);
}

/** Lowers sums of the rows that have the same index: the gradient of a choice of rows. */
export function lowerSegmentSum(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [rows, which] = [inputOf(call, 0), inputOf(call, 1)];
  if (dtypeOf(rows) !== 'float32') return unsupported(node, `of ${dtypeOf(rows)}`);
  const out = builder.newView('float32', shape);
  const columns = sizeOf(shape.slice(1));
  const input = builder.matrix(rows, columns);
  builder.add({ kind: 'scatter', input, indices: builder.matrix(which, 1), out });
  return out;
}

/** Lowers numbers at equal distances. */
export function lowerRange({ node, builder }: Call): Value {
  const { shape, dtype } = outputOf(node);
  const [start = 0, , step = 1] = node.inputs.map((ref) => constantValues(ref)[0]);
  const values = Array.from({ length: sizeOf(shape) }, (_, index) => Math.fround(start + index * step));
  return builder.constant(cellType(dtype), shape, values);
}
