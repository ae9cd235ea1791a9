import type { Builder } from '../builder.js';
import { attribute, outputOf, unsupported } from '../recorded.js';
import type { Value } from '../value.js';
import { permuted, sizeOf, type View } from '../view.js';
import { inputOf, type Call } from './call.js';
import { multiply } from './products.js';

/** A tensor whose axes have the names of an equation. */
interface Named {
  readonly view: View;
  readonly axes: readonly string[];
}

/**
 * Lowers a sum of products in Einstein's notation, for example `bij,bjk->bik`: products of matrices [both, only left, summed] and
 * [both, summed, only right]. Axes that a single tensor has and the result lacks are summed before.
 */
export function lowerEinsum(call: Call): Value {
  const { node, inputs, builder } = call;
  const equation = String(attribute(node, 'equation')).replaceAll(' ', '');
  const [left = '', right = ''] = equation.split('->');
  const operands = left.split(',').map((names) => Array.from(names));
  const result = Array.from(right);
  const isRepeated = [...operands, result].some((axes) => new Set(axes).size < axes.length);
  if (isRepeated || !/^[a-z,]+->[a-z]*$/i.test(equation))
    return unsupported(node, `with the equation ${equation}`);
  const named = operands.map((axes, index): Named => {
    const others = new Set([
      ...result,
      ...operands.flatMap((other, place) => (place === index ? [] : other)),
    ]);
    return summed(builder, { view: builder.materialize(inputOf(call, index)), axes }, (axis) =>
      others.has(axis),
    );
  });
  const [a, b] = named;
  if (a === undefined || inputs.length > 2) return unsupported(node, 'of more than two tensors');
  const { view, axes } = b === undefined ? a : contracted(builder, a, b, new Set(result));
  const ordered = permuted(
    view,
    result.map((axis) => axes.indexOf(axis)),
  );
  return builder.reshape(ordered, outputOf(node).shape);
}

/** Sums over the axes that are not kept. */
function summed(builder: Builder, { view, axes }: Named, isKept: (axis: string) => boolean): Named {
  const kept = axes.filter(isKept);
  if (kept.length === axes.length) return { view, axes };
  const dropped = axes.filter((axis) => !isKept(axis));
  const ordered = arranged({ view, axes }, [...kept, ...dropped]);
  const out = builder.newView('float32', ordered.shape.slice(0, kept.length));
  const columns = sizeOf(ordered.shape.slice(kept.length));
  builder.add({ kind: 'sum', over: 'columns', input: builder.matrix(ordered, columns), out });
  return { view: out, axes: kept };
}

/** Multiplies two tensors, and sums over the axes that both have and the result lacks. */
function contracted(builder: Builder, a: Named, b: Named, result: ReadonlySet<string>): Named {
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const batch = shared.filter((axis) => result.has(axis));
  const inner = shared.filter((axis) => !result.has(axis));
  const rows = a.axes.filter((axis) => !shared.includes(axis));
  const columns = b.axes.filter((axis) => !shared.includes(axis));
  const sizeIn = ({ view, axes }: Named, names: readonly string[]) =>
    names.map((name) => view.shape[axes.indexOf(name)] ?? 1);
  const matrices = (tensor: Named, first: readonly string[], second: readonly string[]): View =>
    builder.reshape(
      arranged(tensor, [...batch, ...first, ...second]),
      [batch, first, second].map((names) => sizeOf(sizeIn(tensor, names))),
    ) as View;
  const product = multiply(builder, matrices(a, rows, inner), matrices(b, inner, columns));
  const shape = [...sizeIn(a, batch), ...sizeIn(a, rows), ...sizeIn(b, columns)];
  return { view: builder.reshape(product, shape) as View, axes: [...batch, ...rows, ...columns] };
}

function arranged({ view, axes }: Named, order: readonly string[]): View {
  return permuted(
    view,
    order.map((axis) => axes.indexOf(axis)),
  );
}
