import type { Builder } from '../builder.js';
import type { Reduce, Sum } from '../program.js';
import { attribute, constantValues, outputOf, unsupported, type OperationNode } from '../recorded.js';
import { dtypeOf, type Value } from '../value.js';
import { permuted, reversed, sizeOf, type View } from '../view.js';
import { axisOf, inputOf, type Call } from './call.js';
import { padOrCrop } from './shapes.js';

/** Lowers a sum over any axes. */
export function lowerSum(call: Call): Value {
  return sum(call, outputOf(call.node).shape);
}

/** Lowers a mean over any axes: the sum, divided by the number of its terms. */
export function lowerMean(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const terms = sizeOf(inputOf(call, 0).shape) / sizeOf(shape);
  return builder.apply(
    'RealDiv',
    [sum(call, shape), { literal: terms, dtype: 'float32', shape: [] }],
    shape,
    'float32',
  );
}

/** Lowers a reduction that looks at one row after another, for example a maximum. */
export function lowerReduction(reduction: Reduce['reduction']) {
  return (call: Call): Value => {
    const { node, builder } = call;
    const { shape } = outputOf(node);
    const input = inputOf(call, 0);
    if (dtypeOf(input) !== 'float32') return unsupported(node, `of ${dtypeOf(input)}`);
    const axes = axesOf(node, input.shape);
    const isIndex = reduction === 'argmax' || reduction === 'argmin';
    if (isIndex && axes.size !== 1) return unsupported(node, 'over several axes');
    const out = builder.newView(isIndex ? 'int32' : 'float32', shape);
    builder.add({
      kind: 'reduce',
      reduction,
      input: rowsToReduce(builder, builder.materialize(input), axes),
      out,
    });
    return out;
  };
}

/** Lowers running sums along an axis. */
export function lowerCumsum(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const value = inputOf(call, 0);
  if (dtypeOf(value) !== 'float32') return unsupported(node, `of ${dtypeOf(value)}`);
  const [axis = 0] = axesOf(node, shape);
  const direct = (view: View) => (attribute(node, 'reverse') === true ? reversed(view, [axis]) : view);
  const input = rowsToReduce(builder, direct(builder.materialize(value)), new Set([axis]));
  const order = [...shape.keys()].filter((other) => other !== axis);
  const out = builder.newView(
    'float32',
    [...order, axis].map((other) => shape[other] ?? 1),
  );
  builder.add({ kind: 'reduce', reduction: 'cumsum', input, out });
  const back = [...shape.keys()].map((other) => (other === axis ? order.length : order.indexOf(other)));
  const sums = permuted(out, back);
  if (attribute(node, 'exclusive') !== true) return direct(sums);
  return direct(builder.materialize(padOrCrop(builder, sums, axis, [1, -1], 0)));
}

/** Lowers a softmax over the last axis, computed from the differences to the largest element. */
export function lowerSoftmax(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const x = builder.materialize(inputOf(call, 0));
  const kept = [...shape.slice(0, -1), 1];
  const rows = builder.matrix(x, shape.at(-1) ?? 1);
  const largest = builder.newView('float32', kept);
  builder.add({ kind: 'reduce', reduction: 'max', input: rows, out: largest });
  const differences = builder.apply('Sub', [x, largest], shape, 'float32');
  const powers = builder.apply('Exp', [differences], shape, 'float32');
  const total = builder.newView('float32', kept);
  builder.add({ kind: 'sum', over: 'columns', input: builder.matrix(powers, shape.at(-1) ?? 1), out: total });
  return builder.apply('RealDiv', [powers, total], shape, 'float32');
}

function sum(call: Call, shape: readonly number[]): View {
  const { node, builder } = call;
  const value = inputOf(call, 0);
  if (dtypeOf(value) !== 'float32') return unsupported(node, `of ${dtypeOf(value)}`);
  const input = builder.materialize(value);
  const axes = axesOf(node, input.shape);
  const over = directSum(input.shape, axes);
  const out = builder.newView('float32', shape);
  const matrix =
    over === null ? rowsToReduce(builder, input, axes) : builder.matrix(input, input.shape.at(-1) ?? 1);
  builder.add({ kind: 'sum', over: over ?? 'columns', input: matrix, out });
  return out;
}

/** Returns what a sum adds up if the tensor is seen as a matrix whose columns are its last axis; null for other sums. */
function directSum(shape: readonly number[], axes: ReadonlySet<number>): Sum['over'] | null {
  const last = shape.length - 1;
  const isSummed = shape.map((size, axis) => axes.has(axis) || size === 1);
  if (isSummed.every(Boolean)) return 'all';
  if (isSummed.slice(0, last).every(Boolean) && !axes.has(last)) return 'rows';
  if (axes.size === 1 && axes.has(last)) return 'columns';
  return null;
}

/** Returns a row-major matrix with one row per result: the reduced axes come last. */
function rowsToReduce(builder: Builder, input: View, axes: ReadonlySet<number>): View {
  const order = input.shape.map((_, axis) => axis);
  const kept = order.filter((axis) => !axes.has(axis));
  const reduced = order.filter((axis) => axes.has(axis));
  const columns = sizeOf(reduced.map((axis) => input.shape[axis] ?? 1));
  return builder.matrix(permuted(input, [...kept, ...reduced]), columns);
}

function axesOf(node: OperationNode, shape: readonly number[]): Set<number> {
  return new Set(constantValues(node.inputs[1]).map((axis) => axisOf(axis, shape)));
}
