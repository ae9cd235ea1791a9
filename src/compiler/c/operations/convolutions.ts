import type { Builder } from '../builder.js';
import { attribute, outputOf, unsupported, type OperationNode } from '../recorded.js';
import type { Value } from '../value.js';
import { permuted, reversed, transposed, type View } from '../view.js';
import { inputOf, type Call } from './call.js';
import { padOrCrop } from './shapes.js';

/** How a window moves over one axis of an image. */
interface Window {
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

/** Lowers a convolution of images [n, h, w, channels]: a product of their windows and the filter. */
export function lowerConv2D(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, filter] = [builder.materialize(inputOf(call, 0)), inputOf(call, 1)];
  const [height = 1, width = 1, channels = 1, outputs = 1] = filter.shape;
  const windows = windowsOf(node, x.shape, shape, [height, width]);
  const columns = builder.matrix(windowsView(builder, x, windows, 0), height * width * channels);
  return builder.reshape(product(builder, columns, builder.matrix(filter, outputs)), shape);
}

/** Lowers the gradient of a convolution with respect to its filter. */
export function lowerConv2DBackpropFilter(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, gradient] = [builder.materialize(inputOf(call, 0)), inputOf(call, 2)];
  const [height = 1, width = 1, channels = 1, outputs = 1] = shape;
  const windows = windowsOf(node, x.shape, gradient.shape, [height, width]);
  const columns = builder.matrix(windowsView(builder, x, windows, 0), height * width * channels);
  return builder.reshape(product(builder, transposed(columns), builder.matrix(gradient, outputs)), shape);
}

/** Lowers the gradient of a convolution with respect to its input: a convolution with the reversed filter. */
export function lowerConv2DBackpropInput(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [filter, gradient] = [builder.materialize(inputOf(call, 1)), inputOf(call, 2)];
  const [height = 1, width = 1, channels = 1, outputs = 1] = filter.shape;
  const windows = windowsOf(node, shape, gradient.shape, [height, width]);
  const spread = spreadWindows(builder, gradient, shape, windows);
  const columns = builder.matrix(spread, height * width * outputs);
  const flipped = permuted(reversed(filter, [0, 1]), [0, 1, 3, 2]);
  return builder.reshape(product(builder, columns, builder.matrix(flipped, channels)), shape);
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
  const cells = windows[0].size * windows[1].size;
  const largest = builder.newView('int32', [...gradient.shape, 1]);
  builder.add({
    kind: 'reduce',
    reduction: 'argmax',
    input: pooledRows(call, x, gradient.shape, -Infinity),
    out: largest,
  });
  const shares = Array.from({ length: cells }, (_, cell) => {
    const isLargest = builder.apply(
      'Equal',
      [builder.reshape(largest, gradient.shape), { literal: cell, dtype: 'int32', shape: gradient.shape }],
      gradient.shape,
      'bool',
    );
    const zero: Value = { literal: 0, dtype: 'float32', shape: gradient.shape };
    const share = builder.apply('Select', [isLargest, gradient, zero], gradient.shape, 'float32');
    const single = mapWindows(windows, (window, axis) => {
      const index = axis === 0 ? Math.floor(cell / windows[1].size) : cell % windows[1].size;
      return { ...window, size: 1, before: window.before - index };
    });
    return builder.reshape(spreadWindows(builder, share, shape, single), shape);
  });
  return shares.reduce((sum, share) => builder.apply('AddV2', [sum, share], shape, 'float32'));
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
  const spread = spreadWindows(builder, shares, shape, windows);
  const out = builder.newView('float32', shape);
  const rows = builder.matrix(permuted(spread, [0, 1, 2, 5, 3, 4]), windows[0].size * windows[1].size);
  builder.add({ kind: 'sum', over: 'columns', input: rows, out });
  return out;
}

type Windows = readonly [Window, Window];

function mapWindows([down, across]: Windows, change: (window: Window, index: 0 | 1) => Window): Windows {
  return [change(down, 0), change(across, 1)];
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

/**
 * Returns, for each element of an image of the given shape, the windows that it is in, as a view [n, h, w, height, width, channels]:
 * position (i, j) has the value of the window whose element (height - 1 - i, width - 1 - j) it is, or 0.
 */
function spreadWindows(builder: Builder, values: Value, shape: readonly number[], windows: Windows): View {
  const [images = 1, , , channels = 1] = values.shape;
  const [down, across] = windows;
  const withGaps = [
    [2, down.stride],
    [4, across.stride],
  ].reduce<Value>(
    (value, [axis = 0, stride = 1]) => padOrCrop(builder, value, axis, [0, stride - 1], 0),
    builder.reshape(values, [images, down.count, 1, across.count, 1, channels]),
  );
  const sparse = builder.reshape(withGaps, [
    images,
    down.count * down.stride,
    across.count * across.stride,
    channels,
  ]);
  const moved = mapWindows(windows, ({ size, dilation, before }, index) => ({
    size,
    stride: 1,
    dilation,
    before: (size - 1) * dilation - before,
    count: shape[index + 1] ?? 1,
  }));
  return windowsView(builder, sparse, moved, 0);
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
