import type { Builder } from '../builder.js';
import { attribute, outputOf, type OperationNode } from '../recorded.js';
import type { Value } from '../value.js';
import type { View } from '../view.js';
import { inputOf, type Call } from './call.js';

/** Lowers a resize of images [n, h, w, channels]: each pixel is the nearest one of the input. */
export function lowerResizeNearest(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const x = inputOf(call, 0);
  return pixels(builder, x, axesOf(node, x.shape, shape, nearest), shape);
}

/** Lowers its gradient: each pixel of the input gets the sum of the gradients of its copies. */
export function lowerResizeNearestGrad(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const gradient = inputOf(call, 0);
  return scattered(builder, gradient, axesOf(node, shape, gradient.shape, nearest), shape);
}

/** Lowers a resize whose pixels are interpolated between the four nearest ones, first across and then down. */
export function lowerResizeBilinear(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const x = inputOf(call, 0);
  const { corners, down, across } = interpolation(builder, node, x.shape, shape);
  const [topLeft, topRight, bottomLeft, bottomRight] = corners.map((axes) => pixels(builder, x, axes, shape));
  const apply = (name: string, ...operands: Value[]) => builder.apply(name, operands, shape, 'float32');
  const between = (from: Value, to: Value, share: Value) =>
    apply('AddV2', from, apply('Mul', apply('Sub', to, from), share));
  const top = between(topLeft as Value, topRight as Value, across);
  return between(top, between(bottomLeft as Value, bottomRight as Value, across), down);
}

/** Lowers its gradient: the four pixels get their shares of the gradient. */
export function lowerResizeBilinearGrad(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const gradient = inputOf(call, 0);
  const { corners, down, across } = interpolation(builder, node, shape, gradient.shape);
  const one: Value = { literal: 1, dtype: 'float32', shape: [] };
  const apply = (name: string, ...operands: Value[]) =>
    builder.apply(name, operands, gradient.shape, 'float32');
  const shares = [apply('Sub', one, down), down].flatMap((ofRow) =>
    [apply('Sub', one, across), across].map((ofColumn) =>
      apply('Mul', apply('Mul', gradient, ofRow), ofColumn),
    ),
  );
  return shares
    .map((share, corner) => scattered(builder, share, corners[corner] ?? [[], []], shape))
    .reduce((sum, term) => builder.apply('AddV2', [sum, term], shape, 'float32') as View);
}

/** For the rows and the columns of the resized image: those of the original. */
type Axes = readonly [readonly number[], readonly number[]];

/** Returns the position in the original image of the pixel `index` of the resized one. */
type Position = (index: number, scale: number, isHalfPixel: boolean) => number;

/** TensorFlow computes positions in single precision. */
const { fround } = Math;

const nearest: Position = (index, scale, isHalfPixel) =>
  fround(fround(isHalfPixel ? index + 0.5 : index) * scale);

const interpolated: Position = (index, scale, isHalfPixel) =>
  isHalfPixel ? fround(fround((index + 0.5) * scale) - 0.5) : fround(index * scale);

function positionsOf(node: OperationNode, from: number, to: number, position: Position): number[] {
  const isAligned = attribute(node, 'align_corners') === true;
  const scale = fround(isAligned && to > 1 ? (from - 1) / (to - 1) : from / to);
  const isHalfPixel = attribute(node, 'half_pixel_centers') === true;
  return Array.from({ length: to }, (_, index) => position(index, scale, isHalfPixel));
}

function axesOf(
  node: OperationNode,
  from: readonly number[],
  to: readonly number[],
  position: Position,
): Axes {
  const round = attribute(node, 'align_corners') === true ? Math.round : Math.floor;
  const along = (axis: 1 | 2) => {
    const [before = 1, after = 1] = [from[axis], to[axis]];
    return positionsOf(node, before, after, position).map((place) => Math.min(round(place), before - 1));
  };
  return [along(1), along(2)];
}

/** Returns the four neighbors of each pixel, row by row, and the shares of the lower and the right ones. */
function interpolation(
  builder: Builder,
  node: OperationNode,
  from: readonly number[],
  to: readonly number[],
) {
  const along = (axis: 1 | 2) => {
    const [before = 1, after = 1] = [from[axis], to[axis]];
    const positions = positionsOf(node, before, after, interpolated);
    return {
      lower: positions.map((place) => Math.max(Math.floor(place), 0)),
      upper: positions.map((place) => Math.min(Math.ceil(place), before - 1)),
      shares: positions.map((place) => fround(place - Math.floor(place))),
    };
  };
  const [rows, columns] = [along(1), along(2)];
  const corners = [rows.lower, rows.upper].flatMap((ofRows) =>
    [columns.lower, columns.upper].map((ofColumns): Axes => [ofRows, ofColumns]),
  );
  return {
    corners,
    down: builder.constant('float32', [rows.shares.length, 1, 1], rows.shares),
    across: builder.constant('float32', [columns.shares.length, 1], columns.shares),
  };
}

function pixels(builder: Builder, x: Value, axes: Axes, shape: readonly number[]): View {
  const table = builder.matrix(x, x.shape[3] ?? 1);
  const out = builder.newView(table.dtype, shape);
  builder.add({ kind: 'gather', table, indices: indicesOf(builder, x.shape, axes), out });
  return out;
}

function scattered(builder: Builder, values: Value, axes: Axes, shape: readonly number[]): View {
  const input = builder.matrix(values, shape[3] ?? 1);
  const out = builder.newView('float32', shape);
  builder.add({ kind: 'scatter', input, indices: indicesOf(builder, shape, axes), out });
  return out;
}

/** Returns, for each pixel of the resized images, the index of a pixel of the original ones [n, h, w, channels]. */
function indicesOf(builder: Builder, original: readonly number[], [rows, columns]: Axes): View {
  const [images = 1, height = 1, width = 1] = original;
  const indices = Array.from({ length: images }, (_, image) =>
    rows.flatMap((row) => columns.map((column) => (image * height + row) * width + column)),
  ).flat();
  return builder.matrix(builder.constant('int32', [indices.length], indices), 1);
}
