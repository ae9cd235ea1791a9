import type { Builder } from '../builder.js';
import type { Window, Windows } from '../program.js';
import { attribute, unsupported, type OperationNode } from '../recorded.js';
import type { Value } from '../value.js';
import { isContiguous, type View } from '../view.js';
import { padOrCrop } from './shapes.js';

/** Returns how the windows of an operation move over the rows and the columns of images. */
export function windowsOf(
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

/** Returns a view [n, windows down, windows across, height, width, channels] of the padded images. */
export function windowsView(builder: Builder, x: Value, windows: Windows, padding: number): View {
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
export function unfold(builder: Builder, x: View, windows: Windows): View {
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
export function fold(builder: Builder, rows: View, windows: Windows, shape: readonly number[]): View {
  const out = builder.newView('float32', shape);
  builder.add({ kind: 'fold', windows, input: rows, out });
  return out;
}

/** Returns the height and the width of a filter. */
export function sizesOf([height = 1, width = 1]: readonly number[]): readonly [number, number] {
  return [height, width];
}
