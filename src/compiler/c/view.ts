/** A cell holds 4 bytes: a float32, an int32, or a bool as 0 or 1. */
export type CellType = 'float32' | 'int32' | 'bool';

/** Consecutive cells of the workspace. Their offset is chosen by `layOut`. */
export interface Buffer {
  readonly id: number;
  readonly size: number;
}

/** A tensor in a buffer: element (i, j, ...) is cell `offset` + i * strides[0] + j * strides[1] + ... */
export interface View {
  readonly buffer: Buffer;
  readonly dtype: CellType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Returns a row-major view of a whole buffer. */
export function wholeView(buffer: Buffer, dtype: CellType, shape: readonly number[]): View {
  return { buffer, dtype, shape, strides: rowMajor(shape), offset: 0 };
}

/** Whether the elements are contiguous and in row-major order. */
export function isContiguous({ shape, strides }: View): boolean {
  const expected = rowMajor(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === expected[axis]);
}

/** Whether the view covers its whole buffer in row-major order. */
export function isWhole(view: View): boolean {
  return view.offset === 0 && view.buffer.size === sizeOf(view.shape) && isContiguous(view);
}

/** Returns a view of the same elements with another shape, or null if that would require a copy. */
export function reshaped(view: View, shape: readonly number[]): View | null {
  return isContiguous(view) ? { ...view, shape, strides: rowMajor(shape) } : null;
}

export function sliced(view: View, begin: readonly number[], shape: readonly number[]): View {
  const offset = view.strides.reduce((sum, stride, axis) => sum + stride * (begin[axis] ?? 0), view.offset);
  return { ...view, shape, offset };
}

/** Returns the view with its axes in reverse order; for a matrix, its transpose. */
export function transposed(view: View): View {
  return { ...view, shape: [...view.shape].reverse(), strides: [...view.strides].reverse() };
}

/** Returns the view with its last two axes exchanged: the transposes of its matrices. */
export function swapLastAxes(view: View): View {
  const order = view.shape.map((_, axis) => axis);
  return permuted(view, [...order.slice(0, -2), ...order.slice(-2).reverse()]);
}

/** Returns the view with its axes in another order. */
export function permuted(view: View, order: readonly number[]): View {
  const pick = (values: readonly number[]) => order.map((axis) => values[axis] ?? 0);
  return { ...view, shape: pick(view.shape), strides: pick(view.strides) };
}

/** Returns the view with the elements along some axes in reverse order. */
export function reversed(view: View, axes: readonly number[]): View {
  const strides = view.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
  const last = view.shape.map((size, axis) => (axes.includes(axis) ? size - 1 : 0));
  return { ...view, strides, offset: sliced(view, last, view.shape).offset };
}

/** Broadcasts the view to `shape`: axes of size 1 and missing leading axes get a stride of 0. */
export function broadcast(view: View, shape: readonly number[]): View {
  const missing = shape.length - view.shape.length;
  const strides = shape.map((_, axis) =>
    axis < missing || view.shape[axis - missing] === 1 ? 0 : (view.strides[axis - missing] ?? 0),
  );
  return { ...view, shape, strides };
}

/** Returns the view without its axes of size 1, which need no loop. */
export function squeezed(view: View): View {
  const axes = view.shape.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  const pick = (values: readonly number[]) => axes.map((axis) => values[axis] ?? 0);
  return { ...view, shape: pick(view.shape), strides: pick(view.strides) };
}

/** Returns a view that was broadcast to `shape`, without the axes that have size 1 in `shape`. */
export function squeezedLike(operand: View, shape: readonly number[]): View {
  const keep = (values: readonly number[]) => values.filter((_, axis) => shape[axis] !== 1);
  return { ...operand, shape: keep(operand.shape), strides: keep(operand.strides) };
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}
