import { outputOf, missing } from '../recorded.js';
import type { Value } from '../value.js';
import { broadcast, reshaped, sizeOf, swapLastAxes, transposed, type View } from '../view.js';
import type { Builder } from '../builder.js';
import { inputOf, type Call } from './call.js';

/** Lowers a product of matrices, or of many matrices at once. Batches are broadcast. */
export function lowerMatMul(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const batch = shape.slice(0, -2);
  const isTransposed = (name: string) =>
    node.attributes.some((one) => one.name === name && one.value === true);
  const matrices = (index: number, flip: boolean): View => {
    const view = builder.materialize(inputOf(call, index));
    const sizes = view.shape.slice(0, -2);
    const isWhole = sizeOf(sizes) === 1 || sizeOf(sizes) === sizeOf(batch);
    const all = isWhole ? view : builder.copy(broadcast(view, [...batch, ...view.shape.slice(-2)]));
    const last = reshapedMatrices(all, builder);
    return flip ? swapLastAxes(last) : last;
  };
  const a = matrices(0, isTransposed('adj_x') || isTransposed('transpose_a'));
  const b = matrices(1, isTransposed('adj_y') || isTransposed('transpose_b'));
  return reshaped(multiply(builder, a, b), shape) ?? missing(node);
}

/**
 * Multiplies matrices, one pair after another.
 * @param a a view [count, rows, depth], or [1, rows, depth] for the same left matrix in all products
 * @param b a view [count, depth, columns], or [1, depth, columns]
 * @returns a row-major view [count, rows, columns]
 */
export function multiply(builder: Builder, a: View, b: View): View {
  const count = Math.max(a.shape[0] ?? 1, b.shape[0] ?? 1);
  const [rows = 1, columns = 1] = [a.shape[1], b.shape[2]];
  const out = builder.newView('float32', [count, rows, columns]);
  const right = withUnitColumns(b, builder);
  builder.add({
    kind: 'matmul',
    left: firstMatrix(a),
    right: firstMatrix(right),
    out: firstMatrix(out),
    ...(count > 1 && {
      batch: { count, left: batchStride(a), right: batchStride(right), out: rows * columns },
    }),
  });
  return out;
}

/** Returns a view as [matrices, rows, columns]. */
function reshapedMatrices(view: View, builder: Builder): View {
  const { shape, strides } = view;
  const axes = shape.length;
  const leading = shape.slice(0, axes - 2);
  const count = sizeOf(leading);
  if (count === 1)
    return {
      ...view,
      shape: [1, ...shape.slice(axes - 2)],
      strides: [0, ...strides.slice(axes - 2)],
    };
  return builder.reshape(view, [count, ...shape.slice(axes - 2)]) as View;
}

function firstMatrix(view: View): View {
  return { ...view, shape: view.shape.slice(1), strides: view.strides.slice(1) };
}

function batchStride({ shape, strides }: View): number {
  return shape[0] === 1 ? 0 : (strides[0] ?? 0);
}

/** Returns the matrices with contiguous rows, as products need the right one. */
function withUnitColumns(view: View, builder: Builder): View {
  if (view.strides[2] === 1) return view;
  const [count = 1, rows = 1, columns = 1] = view.shape;
  const out = builder.newView('float32', view.shape);
  if (count === 1 && view.strides[1] === 1)
    builder.add({ kind: 'transpose', input: transposed(firstMatrix(view)), out: firstMatrix(out) });
  else if (count === 1) builder.emit('Identity', [firstMatrix(view)], firstMatrix(out));
  else builder.emit('Identity', [{ ...view, shape: [count, rows, columns] }], out);
  return out;
}
