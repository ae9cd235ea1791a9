import type { Builder } from '../builder.js';
import type { Windows } from '../program.js';
import { outputOf } from '../recorded.js';
import type { Value } from '../value.js';
import { permuted, sizeOf, sliced } from '../view.js';
import { inputOf, type Call } from './call.js';
import { fold, sizesOf, unfold, windowsOf, windowsView } from './windows.js';

/**
 * Lowers a convolution of each channel with its own filters [height, width, channels, multiplier]: the sum over the elements of the
 * windows, each times its row of the filter.
 */
export function lowerDepthwiseConv2D(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, filter] = [inputOf(call, 0), builder.materialize(inputOf(call, 1))];
  const windows = windowsOf(node, x.shape, shape, sizesOf(filter.shape));
  const [images = 1, down = 1, across = 1] = shape;
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  const elements = windowsView(builder, x, windows, 0);
  const each = [images, down, across, 1, channels, multiplier];
  const terms = Array.from({ length: height * width }, (_, cell) => {
    const [i, j] = [Math.floor(cell / width), cell % width];
    const values = sliced(elements, [0, 0, 0, i, j, 0], [images, down, across, 1, 1, channels]);
    const weights = sliced(filter, [i, j, 0, 0], [1, 1, channels, multiplier]);
    return builder.apply('Mul', [permuted(values, [0, 1, 2, 3, 5, 4]), weights], each, 'float32');
  });
  return builder.reshape(sumOf(builder, terms, each), shape);
}

/** Lowers the gradient of such a convolution with respect to its input. */
export function lowerDepthwiseBackpropInput(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [filter, gradient] = [builder.materialize(inputOf(call, 1)), inputOf(call, 2)];
  const windows = windowsOf(node, shape, gradient.shape, sizesOf(filter.shape));
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  const rows = countOf(windows, shape);
  const gradients = builder.materialize(builder.reshape(gradient, [rows, 1, channels, multiplier]));
  const weights = builder.materialize(builder.reshape(filter, [height * width, channels, multiplier]));
  const each = [rows, height * width, channels, 1];
  const terms = Array.from({ length: multiplier }, (_, index) => {
    const factor = sliced(gradients, [0, 0, 0, index], [rows, 1, channels, 1]);
    const weight = sliced(weights, [0, 0, index], [height * width, channels, 1]);
    return builder.apply('Mul', [factor, weight], each, 'float32');
  });
  return fold(builder, builder.materialize(sumOf(builder, terms, each)), windows, shape);
}

/** Lowers the gradient of such a convolution with respect to its filter: for each element of a filter, a sum over all windows. */
export function lowerDepthwiseBackpropFilter(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const [x, gradient] = [builder.materialize(inputOf(call, 0)), inputOf(call, 2)];
  const windows = windowsOf(node, x.shape, gradient.shape, sizesOf(shape));
  const [height = 1, width = 1, channels = 1, multiplier = 1] = shape;
  const rows = countOf(windows, x.shape);
  const values = builder.reshape(unfold(builder, x, windows), [rows, height * width, channels, 1]);
  const gradients = builder.reshape(gradient, [rows, 1, channels, multiplier]);
  const each = [rows, height * width, channels, multiplier];
  const products = builder.apply('Mul', [values, gradients], each, 'float32');
  const out = builder.newView('float32', shape);
  builder.add({ kind: 'sum', over: 'rows', input: builder.matrix(products, sizeOf(shape)), out });
  return out;
}

/** Returns the number of windows in all images. */
function countOf([down, across]: Windows, [images = 1]: readonly number[]): number {
  return images * down.count * across.count;
}

function sumOf(builder: Builder, [first, ...others]: readonly Value[], shape: readonly number[]): Value {
  const zero: Value = { literal: 0, dtype: 'float32', shape };
  return others.reduce((sum, term) => builder.apply('AddV2', [sum, term], shape, 'float32'), first ?? zero);
}
