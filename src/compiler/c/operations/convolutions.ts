import type { Builder } from '../builder.js';
import type { Window, Windows } from '../program.js';
import { attribute, outputOf, type OperationNode } from '../recorded.js';
import type { Value } from '../value.js';
import { permuted, transposed, type View } from '../view.js';
import { inputOf, type Call } from './call.js';
import { fold, sizesOf, unfold, windowsOf, windowsView } from './windows.js';

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
