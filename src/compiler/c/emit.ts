import type { Lanes } from '../native/cpu.js';
import { cLiteral, EXPRESSIONS } from './expressions.js';
import {
  isLiteral,
  type Elementwise,
  type Fold,
  type Gather,
  type MatMul,
  type Operand,
  type Sum,
  type Unfold,
} from './program.js';
import { producerInLoop, type FusedLoop, type Kernel } from './schedule.js';
import { sizeOf, type Buffer, type View } from './view.js';

export type Offsets = ReadonlyMap<Buffer, number>;

/**
 * Returns the C of one kernel, which works on the workspace `w`.
 * @param stored the views that later kernels or the caller read
 * @param lanes number of lanes of the vectors in loops
 * @param functionOf returns the name of the function that computes a product
 */
export function emitKernel(
  kernel: Kernel,
  offsets: Offsets,
  stored: ReadonlySet<View>,
  lanes: Lanes,
  functionOf: (product: MatMul) => string,
): string {
  switch (kernel.kind) {
    case 'loop':
      return emitLoop(kernel, offsets, stored, lanes);
    case 'matmul':
      return emitProduct(kernel, offsets, functionOf(kernel));
    case 'transpose': {
      const [rows = 1, columns = 1] = kernel.input.shape;
      const sizes = [rows, columns, kernel.input.strides[0] ?? columns].join(', ');
      return `vs_transpose(${pointer(kernel.input, offsets)}, ${sizes}, ${pointer(kernel.out, offsets)});`;
    }
    case 'sum':
      return emitSum(kernel, offsets);
    case 'reduce': {
      const [rows = 1, columns = 1] = kernel.input.shape;
      const places = `${pointer(kernel.input, offsets)}, ${rows}, ${columns}, ${pointer(kernel.out, offsets)}`;
      return `vs_${kernel.reduction}(${places});`;
    }
    case 'scatter': {
      const [rows = 1, columns = 1] = kernel.input.shape;
      const places = [kernel.input, kernel.indices, kernel.out].map((view) => pointer(view, offsets));
      return `vs_scatter(${places.join(', ')}, ${rows}, ${sizeOf(kernel.out.shape) / columns}, ${columns});`;
    }
    case 'gather':
      return emitGather(kernel, offsets);
    case 'unfold':
      return emitWindows(kernel, kernel.input.shape, offsets);
    case 'fold':
      return emitWindows(kernel, kernel.out.shape, offsets);
  }
}

function emitProduct({ left, right, out, batch }: MatMul, offsets: Offsets, name: string): string {
  const places = [left, right, out].map((view) => pointer(view, offsets));
  if (batch === undefined) return `${name}(${places.join(', ')});`;
  const steps = [batch.left, batch.right, batch.out].map(
    (cells, index) => `${places[index] ?? ''} + n * ${cells}`,
  );
  return `for (int n = 0; n < ${batch.count}; n++) ${name}(${steps.join(', ')});`;
}

function emitGather({ table, indices, out }: Gather, offsets: Offsets): string {
  const [rows = 1, columns = 1] = table.shape;
  const sizes = [sizeOf(indices.shape), rows, columns].join(', ');
  const places = [table, indices, out].map((view) => pointer(view, offsets)).join(', ');
  return `vs_gather(${places}, ${sizes});`;
}

function emitWindows(
  { kind, windows, input, out }: Fold | Unfold,
  images: readonly number[],
  offsets: Offsets,
) {
  const places = [input, out].map((view) => pointer(view, offsets));
  const axes = windows.map(
    ({ size, stride, dilation, before, count }) => `{${[size, stride, dilation, before, count].join(', ')}}`,
  );
  return `vs_${kind}(${[...places, ...images, ...axes].join(', ')});`;
}

function emitSum({ over, input, out }: Sum, offsets: Offsets): string {
  const [rows = 1, columns = 1] = input.shape;
  const [from, to] = [pointer(input, offsets), pointer(out, offsets)];
  if (over === 'all') return `*(${to}) = vs_sum(${from}, ${rows * columns});`;
  return `vs_sum_${over}(${from}, ${rows}, ${columns}, ${to});`;
}

/** Returns a C expression for the address of a view's first cell. */
function pointer(view: View, offsets: Offsets): string {
  return `w + ${firstCell(view, offsets)}`;
}

function firstCell({ buffer, offset }: View, offsets: Offsets): number {
  const start = offsets.get(buffer);
  if (start === undefined) throw new Error(`Buffer ${buffer.id} has no offset in the workspace.`);
  return start + offset;
}

/**
 * Returns one loop nest that is vectorized along its innermost axis. The last vector of a row may read past the end of the row; those
 * lanes are not stored. If the innermost axis is not contiguous in a view, the vectors have one lane.
 */
function emitLoop(loop: FusedLoop, offsets: Offsets, stored: ReadonlySet<View>, lanes: Lanes): string {
  const operands = loop.operations.flatMap((one) =>
    one.operands.filter((operand) => producerInLoop(loop, operand) === -1),
  );
  const stores = loop.operations.flatMap(({ out }) => (stored.has(out) ? [out] : []));
  const views = [...operands.filter((operand): operand is View => !isLiteral(operand)), ...stores];
  const axes = mergedAxes(loop.shape, views);
  const inner = axes.at(-1) ?? { size: 1, last: -1 };
  const canVectorize =
    inner.size > 1 &&
    views.every(({ strides }) => [0, 1].includes(strides[inner.last] ?? 0)) &&
    stores.every(({ strides }) => strides[inner.last] === 1);
  const width = canVectorize ? lanes : 1;
  const index = (view: View) => {
    const steps = axes.flatMap(({ last }, axis) => {
      const stride = view.strides[last] ?? 0;
      return stride === 0 ? [] : [`i${axis} * ${stride}`];
    });
    return [String(firstCell(view, offsets)), ...steps].join(' + ');
  };
  const name = (operand: Operand): string => {
    if (isLiteral(operand)) return cLiteral(operand);
    const made = producerInLoop(loop, operand);
    return made === -1 ? load(operand, index(operand), operand.strides[inner.last] === 1) : `t${made}`;
  };
  const storesAfter = storeOrder(loop, offsets, stored);
  const body = (used: number) =>
    loop.operations.flatMap((operation, at) => {
      const type = operation.out.dtype === 'float32' ? 'F' : 'I';
      const value = `const ${type} t${at} = ${emitExpression(operation, name)};`;
      const storesHere = storesAfter[at]?.map(({ out, made }) => store(out, index(out), `t${made}`, used));
      return [value, ...(storesHere ?? [])];
    });
  const outer = axes
    .slice(0, -1)
    .map(({ size }, axis) => forLoop(axis, size, 1))
    .join(' ');
  const last = Math.max(axes.length - 1, 0);
  const whole = inner.size - (inner.size % width);
  const types = `typedef v${width} F; typedef i${width} I; typedef n${width} N;`;
  const loads = `typedef u${width} UF; typedef j${width} UI;`;
  return [
    `${types} ${loads}`,
    `${outer} {`,
    ...(whole > 0 ? [`${forLoop(last, whole, width)} {`, ...body(width), '}'] : []),
    ...(whole < inner.size ? [`{ const int i${last} = ${whole};`, ...body(inner.size - whole), '}'] : []),
    '}',
  ].join('\n');
}

/**
 * Returns which results to store after each operation of a loop. A result is stored right after its operation, unless a later operation
 * still reads the old values of the same cells through another buffer, which happens when a state is updated in place.
 */
function storeOrder(
  loop: FusedLoop,
  offsets: Offsets,
  stored: ReadonlySet<View>,
): { readonly out: View; readonly made: number }[][] {
  const order: { out: View; made: number }[][] = loop.operations.map(() => []);
  loop.operations.forEach(({ out }, made) => {
    if (!stored.has(out)) return;
    const readsCells = (operand: Operand) =>
      !isLiteral(operand) &&
      producerInLoop(loop, operand) === -1 &&
      operand.buffer !== out.buffer &&
      firstCell(operand, offsets) === firstCell(out, offsets);
    const lastRead = loop.operations.findLastIndex(({ operands }) => operands.some(readsCells));
    order[Math.max(made, lastRead)]?.push({ out, made });
  });
  return order;
}

function forLoop(axis: number, size: number, step: number): string {
  const variable = `i${axis}`;
  return `for (int ${variable} = 0; ${variable} < ${size}; ${variable} += ${step})`;
}

function load({ dtype }: View, index: string, isVector: boolean): string {
  if (dtype === 'float32') return isVector ? `*(const UF *)(w + ${index})` : `(w[${index}] - F{})`;
  const word = isVector ? `*(const UI *)(wi + ${index})` : `(wi[${index}] + I{})`;
  return dtype === 'int32' ? word : `(${word} != 0)`;
}

function store({ dtype }: View, index: string, value: string, used: number): string {
  if (dtype === 'bool')
    return `{ const I cells = ${value} & 1; memcpy(wi + ${index}, &cells, ${4 * used}); }`;
  return `memcpy(w + ${index}, &${value}, ${4 * used});`;
}

function emitExpression({ expression, operands }: Elementwise, name: (operand: Operand) => string): string {
  const known = EXPRESSIONS[expression];
  if (known === undefined) throw new Error(`Unknown expression ${expression}.`);
  return known(...operands.map(name));
}

/** Returns the loops of a nest. Adjacent axes that are contiguous in every view become one loop; `last` is its innermost axis. */
function mergedAxes(shape: readonly number[], views: readonly View[]): { size: number; last: number }[] {
  const axes: { size: number; last: number }[] = [];
  shape.forEach((size, axis) => {
    const previous = axes.at(-1);
    const merges = views.every(({ strides }) => strides[axis - 1] === (strides[axis] ?? 0) * size);
    if (previous !== undefined && merges) axes[axes.length - 1] = { size: previous.size * size, last: axis };
    else axes.push({ size, last: axis });
  });
  return axes;
}
