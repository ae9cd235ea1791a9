import type { Builder } from '../builder.js';
import { attribute, outputOf, unsupported, type OperationNode } from '../recorded.js';
import type { Value } from '../value.js';
import type { Window, Windows } from '../program.js';
import { isContiguous, permuted, transposed, type View } from '../view.js';
import { inputOf, type Call } from './call.js';
import { padOrCrop } from './shapes.js';

/** Lowers a convolution of images [n, h, w, channels]: a product of their windows and the filter. */
export function lowerConv2D(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, filter] = [builder.materialize(inputOf(call, 0)), inputOf(call, 1)];
  const windows = windowsOf(node, x.shape, shape, sizesOf(filter.shape));
  const matrix = builder.matrix(filter, filter.shape[3] ?? 1);
  return builder.reshape(product(builder, unfold(builder, x, windows), matrix), shape);
}

/** Lowers the gradient of a convolution with respect to its filter. */
export function lowerConv2DBackpropFilter(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, gradient] = [builder.materialize(inputOf(call, 0)), inputOf(call, 2)];
  const windows = windowsOf(node, x.shape, gradient.shape, sizesOf(shape));
  const columns = transposed(unfold(builder, x, windows));
  return builder.reshape(product(builder, columns, builder.matrix(gradient, shape[3] ?? 1)), shape);
}

/** Lowers the gradient of a convolution with respect to its input: the gradients of the windows, added up where they overlap. */
export function lowerConv2DBackpropInput(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [filter, gradient] = [inputOf(call, 1), inputOf(call, 2)];
  const windows = windowsOf(node, shape, gradient.shape, sizesOf(filter.shape));
  const outputs = filter.shape[3] ?? 1;
  const matrix = builder.matrix(filter, outputs);
  const flipped = builder.newView('float32', [outputs, matrix.shape[0] ?? 1]);
  builder.add({ kind: 'transpose', input: matrix, out: flipped });
  return fold(builder, product(builder, builder.matrix(gradient, outputs), flipped), windows, shape);
}

/** Lowers the largest element of each window. */
export function lowerMaxPool(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const rows = pooledRows(call, builder.materialize(inputOf(call, 0)), shape, -Infinity);
  const out = builder.newView('float32', shape);
  builder.add({ kind: 'reduce', reduction: 'max', input: rows, out });
  return out;
}

/** Lowers the gradient of a maximum over windows, which goes to the first of the largest elements. */
export function lowerMaxPoolGrad(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, gradient] = [builder.materialize(inputOf(call, 0)), inputOf(call, 2)];
  const windows = poolWindows(node, shape, gradient.shape);
  const [images = 1, down = 1, across = 1, channels = 1] = gradient.shape;
  const largest = builder.newView('int32', [images, down, across, 1, channels]);
  builder.add({
    kind: 'reduce',
    reduction: 'argmax',
    input: pooledRows(call, x, gradient.shape, -Infinity),
    out: largest,
  });
  const cells = Array.from({ length: windows[0].size * windows[1].size }, (_, cell) => cell);
  const spread = [images, down, across, cells.length, channels];
  const cell = builder.constant('int32', [cells.length, 1], cells);
  const isLargest = builder.apply('Equal', [largest, cell], spread, 'bool');
  const zero: Value = { literal: 0, dtype: 'float32', shape: spread };
  const once = builder.reshape(gradient, [images, down, across, 1, channels]);
  const shares = builder.apply('Select', [isLargest, once, zero], spread, 'float32');
  return fold(builder, builder.materialize(shares), windows, shape);
}

/** Lowers the mean of each window, without its padding. */
export function lowerAvgPool(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const x = builder.materialize(inputOf(call, 0));
  const sums = builder.newView('float32', shape);
  builder.add({ kind: 'sum', over: 'columns', input: pooledRows(call, x, shape, 0), out: sums });
  const counts = windowCounts(builder, x.shape, poolWindows(node, x.shape, shape));
  return builder.apply('RealDiv', [sums, counts], shape, 'float32');
}

/** Lowers the gradient of the means of windows. */
export function lowerAvgPoolGrad(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const gradient = inputOf(call, 1);
  const windows = poolWindows(node, shape, gradient.shape);
  const shares = builder.apply(
    'RealDiv',
    [gradient, windowCounts(builder, shape, windows)],
    gradient.shape,
    'float32',
  );
  const [images = 1, down = 1, across = 1, channels = 1] = gradient.shape;
  const once = builder.reshape(shares, [images, down, across, 1, channels]);
  const spread = [images, down, across, windows[0].size * windows[1].size, channels];
  return fold(
    builder,
    builder.materialize(builder.apply('Identity', [once], spread, 'float32')),
    windows,
    shape,
  );
}

/** Returns how the windows of an operation move over the rows and the columns of images. */
function windowsOf(
  node: OperationNode,
  input: readonly number[],
  output: readonly number[],
  sizes: readonly [number, number],
): Windows {
  if (attribute(node, 'data_format') !== 'NHWC') return unsupported(node, 'of images that are not NHWC');
  const padding = attribute(node, 'padding');
  const explicit = attribute(node, 'explicit_paddings') as readonly number[] | undefined;
  const along = (axis: 1 | 2): Window => {
    const numberOf = (name: string) => (attribute(node, name) as readonly number[] | undefined)?.[axis] ?? 1;
    const [size, stride, dilation] = [sizes[axis - 1] ?? 1, numberOf('strides'), numberOf('dilations')];
    const count = output[axis] ?? 1;
    const missing = (count - 1) * stride + (size - 1) * dilation + 1 - (input[axis] ?? 1);
    const same = Math.floor(Math.max(missing, 0) / 2);
    const before = padding === 'SAME' ? same : padding === 'EXPLICIT' ? (explicit?.[2 * axis] ?? 0) : 0;
    return { size, stride, dilation, before, count };
  };
  return [along(1), along(2)];
}

function poolWindows(node: OperationNode, input: readonly number[], output: readonly number[]): Windows {
  const [, height = 1, width = 1] = attribute(node, 'ksize') as readonly number[];
  return windowsOf(node, input, output, [height, width]);
}

/** Returns a matrix with one row per window and channel. */
function pooledRows({ node, builder }: Call, x: View, output: readonly number[], padding: number): View {
  const windows = poolWindows(node, x.shape, output);
  const view = windowsView(builder, x, windows, padding);
  return builder.matrix(permuted(view, [0, 1, 2, 5, 3, 4]), windows[0].size * windows[1].size);
}

/** Returns a view [n, windows down, windows across, height, width, channels] of the padded images. */
function windowsView(builder: Builder, x: Value, windows: Windows, padding: number): View {
  const padded = windows.reduce<Value>((value, window, index) => {
    const last = (window.count - 1) * window.stride + (window.size - 1) * window.dilation + 1;
    const after = last - window.before - (x.shape[index + 1] ?? 1);
    return padOrCrop(builder, value, index + 1, [window.before, after], padding);
  }, x);
  const view = builder.materialize(padded);
  const [images = 1, , , channels = 1] = view.shape;
  const [image = 0, row = 0, column = 0, channel = 0] = view.strides;
  const [down, across] = windows;
  return {
    ...view,
    shape: [images, down.count, across.count, down.size, across.size, channels],
    strides: [
      image,
      row * down.stride,
      column * across.stride,
      row * down.dilation,
      column * across.dilation,
      channel,
    ],
  };
}

/** Returns the windows of images, as rows of a matrix. Operations with the same windows, for example a gradient, share it. */
function unfold(builder: Builder, x: View, windows: Windows): View {
  const { buffer, offset, shape, strides } = x;
  return builder.once(JSON.stringify([buffer.id, offset, shape, strides, windows]), () => {
    const [images = 1, , , channels = 1] = shape;
    const [down, across] = windows;
    const rows = [images * down.count * across.count, down.size * across.size * channels];
    const out = builder.newView('float32', rows);
    builder.add({ kind: 'unfold', windows, input: isContiguous(x) ? x : builder.copy(x), out });
    return out;
  });
}

/** Returns images whose elements are the sums of their copies in windows. @param rows the elements of all windows, in row-major order */
function fold(builder: Builder, rows: View, windows: Windows, shape: readonly number[]): View {
  const out = builder.newView('float32', shape);
  builder.add({ kind: 'fold', windows, input: rows, out });
  return out;
}

/** Returns the height and the width of a filter. */
function sizesOf([height = 1, width = 1]: readonly number[]): readonly [number, number] {
  return [height, width];
}

/** Returns the number of elements of each window that are not padding, [windows down, windows across, 1]. */
function windowCounts(builder: Builder, input: readonly number[], [down, across]: Windows): Value {
  const countsOf = ({ size, stride, dilation, before, count }: Window, length: number) =>
    Array.from({ length: count }, (_, window) =>
      Array.from({ length: size }, (_, index) => window * stride + index * dilation - before),
    ).map((positions) => positions.filter((position) => position >= 0 && position < length).length);
  const [rows, columns] = [countsOf(down, input[1] ?? 1), countsOf(across, input[2] ?? 1)];
  const counts = rows.flatMap((row) => columns.map((column) => row * column));
  return builder.constant('float32', [rows.length, columns.length, 1], counts);
}

function product(builder: Builder, left: View, right: View): View {
  const out = builder.newView('float32', [left.shape[0] ?? 1, right.shape[1] ?? 1]);
  builder.add({ kind: 'matmul', left, right, out });
  return out;
}
