import { isLiteral, readsOf, type Elementwise, type Operation, type Program } from './program.js';
import { isWhole, sizeOf, type Buffer, type View } from './view.js';

/** Elementwise operations of one shape that run in one loop. Results pass from one operation to the next in registers. */
export interface FusedLoop {
  readonly kind: 'loop';
  readonly shape: readonly number[];
  readonly operations: Elementwise[];
}

export type Kernel = FusedLoop | Exclude<Operation, Elementwise>;

/**
 * Groups the operations into kernels. An elementwise operation joins the earliest loop of its shape in which all of its operands are
 * available, or starts a new loop. So operations that depend only on inputs run early, and the optimizer runs in one loop at the end.
 */
export function schedule(program: Program): Kernel[] {
  const kernels: Kernel[] = [];
  /** Index of the last kernel that writes a buffer. */
  const writers = new Map<Buffer, number>();
  for (const operation of topologicalOrder(program)) {
    const after = readsOf(operation).map((view) => firstKernelFor(view, operation, writers, kernels));
    const earliest = Math.max(0, ...after);
    let index = operation.kind === 'elementwise' ? findLoop(kernels, operation, earliest) : -1;
    if (index === -1) {
      index = kernels.length;
      kernels.push(
        operation.kind === 'elementwise'
          ? { kind: 'loop', shape: operation.out.shape, operations: [] }
          : operation,
      );
    }
    const kernel = kernels[index];
    if (operation.kind === 'elementwise' && kernel?.kind === 'loop') kernel.operations.push(operation);
    writers.set(operation.out.buffer, Math.max(index, writers.get(operation.out.buffer) ?? 0));
  }
  return kernels;
}

/**
 * Returns the operations that the outputs need, each after the operations whose results it reads. The longest chains come first, so
 * that operations that depend only on inputs join the loop of the values they are combined with, instead of starting their own.
 */
function topologicalOrder({ operations, outputs }: Program): Operation[] {
  const writers = new Map<Buffer, Operation[]>();
  const depths = new Map<Operation, number>();
  const makersOf = (view: View) => writers.get(view.buffer) ?? [];
  const depthOf = (views: readonly View[]) =>
    Math.max(0, ...views.flatMap(makersOf).map((maker) => 1 + (depths.get(maker) ?? 0)));
  for (const operation of operations) {
    depths.set(operation, depthOf(readsOf(operation)));
    writers.set(operation.out.buffer, [...(writers.get(operation.out.buffer) ?? []), operation]);
  }
  const ordered = new Set<Operation>();
  const visit = (views: readonly View[]): void => {
    const makers = views.flatMap(makersOf).filter((maker) => !ordered.has(maker));
    for (const maker of makers.sort((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0))) {
      visit(readsOf(maker));
      ordered.add(maker);
    }
  };
  visit(outputs);
  return [...ordered];
}

/** Returns the index of the earliest kernel in which the operation can read the view. */
function firstKernelFor(
  view: View,
  operation: Operation,
  writers: ReadonlyMap<Buffer, number>,
  kernels: readonly Kernel[],
): number {
  const writer = writers.get(view.buffer);
  if (writer === undefined) return 0;
  const kernel = kernels[writer];
  const isInRegister =
    operation.kind === 'elementwise' &&
    kernel?.kind === 'loop' &&
    kernel.operations.some((one) => isSameElement(one.out, view));
  return isInRegister ? writer : writer + 1;
}

function findLoop(kernels: readonly Kernel[], { out }: Elementwise, earliest: number): number {
  return kernels.findIndex(
    (kernel, index) =>
      index >= earliest && kernel.kind === 'loop' && kernel.shape.join() === out.shape.join(),
  );
}

/** Whether both views refer to the same cell in every iteration of a loop. */
function isSameElement(a: View, b: View): boolean {
  return (
    a.buffer === b.buffer &&
    a.offset === b.offset &&
    a.shape.join() === b.shape.join() &&
    a.strides.join() === b.strides.join()
  );
}

/** Returns the views that a kernel reads and those that it writes. */
function accesses(kernel: Kernel): { reads: View[]; writes: View[] } {
  const operations: Operation[] = kernel.kind === 'loop' ? kernel.operations : [kernel];
  return { reads: operations.flatMap(readsOf), writes: operations.map(({ out }) => out) };
}

/** The offset of every buffer in the workspace, in cells. */
export interface Layout {
  readonly offsets: ReadonlyMap<Buffer, number>;
  readonly size: number;
}

/** Cells of a cache line. Buffers start at cache line boundaries, and a line is free after each, because vectors may read past its end. */
const LINE = 16;

/**
 * Assigns every buffer an offset of at least `start`, except those in `pinned`, which keep theirs. Buffers whose lifetimes do not
 * overlap share cells, so that more of them stay in the cache.
 */
export function layOut(
  kernels: readonly Kernel[],
  stored: ReadonlySet<View>,
  pinned: ReadonlyMap<Buffer, number>,
  start: number,
): Layout {
  const lifetimes = new Map<Buffer, { first: number; last: number }>();
  kernels.forEach((kernel, index) => {
    const { reads, writes } = accesses(kernel);
    const isInRegister = (view: View) => kernel.kind === 'loop' && producerInLoop(kernel, view) !== -1;
    const inMemory = [
      ...reads.filter((view) => !isInRegister(view)),
      ...writes.filter((view) => stored.has(view)),
    ];
    for (const { buffer } of inMemory) {
      const lifetime = lifetimes.get(buffer) ?? { first: index, last: index };
      lifetimes.set(buffer, { ...lifetime, last: index });
    }
  });
  const offsets = new Map(pinned);
  const placed: { from: number; to: number; first: number; last: number }[] = [];
  let size = start;
  for (const [buffer, lifetime] of lifetimes) {
    if (offsets.has(buffer)) continue;
    const cells = roundUp(buffer.size) + LINE;
    const overlapping = placed
      .filter((other) => other.first <= lifetime.last && lifetime.first <= other.last)
      .sort((a, b) => a.from - b.from);
    let from = start;
    for (const other of overlapping) if (from + cells > other.from) from = Math.max(from, other.to);
    offsets.set(buffer, from);
    placed.push({ from, to: from + cells, ...lifetime });
    size = Math.max(size, from + cells);
  }
  return { offsets, size };
}

/** Rounds a number of cells up to whole cache lines. */
export function roundUp(cells: number): number {
  return Math.ceil(cells / LINE) * LINE;
}

/**
 * Whether the kernels may write `out` over `input`. That is safe if every kernel that reads the input runs before, or reads each cell
 * in the same loop iteration that overwrites it.
 */
export function canOverwrite(kernels: readonly Kernel[], input: Buffer, out: View): boolean {
  const writer = kernels.findIndex((kernel) =>
    accesses(kernel).writes.some(({ buffer }) => buffer === out.buffer),
  );
  return kernels.every((kernel, index) => {
    const views = accesses(kernel).reads.filter(({ buffer }) => buffer === input);
    if (views.length === 0 || index < writer) return true;
    return (
      index === writer &&
      kernel.kind === 'loop' &&
      sizeOf(kernel.shape) === input.size &&
      views.every((view) => isWhole(view) && view.shape.join() === kernel.shape.join())
    );
  });
}

/** Returns the views that have to be stored, because they are outputs or another kernel than their own reads them. */
export function storedViews(kernels: readonly Kernel[], outputs: ReadonlySet<Buffer>): Set<View> {
  const readers = new Map<Buffer, Set<number>>();
  kernels.forEach((kernel, index) => {
    for (const { buffer } of accesses(kernel).reads) {
      const indices = readers.get(buffer) ?? new Set<number>();
      readers.set(buffer, indices.add(index));
    }
  });
  const stored = new Set<View>();
  kernels.forEach((kernel, index) => {
    for (const out of accesses(kernel).writes) {
      const indices = [...(readers.get(out.buffer) ?? [])];
      if (outputs.has(out.buffer) || indices.some((reader) => reader !== index)) stored.add(out);
    }
  });
  return stored;
}

/** Returns the index of the operation of the loop that produces the operand, or -1. */
export function producerInLoop(loop: FusedLoop, operand: Elementwise['operands'][number]): number {
  return isLiteral(operand) ? -1 : loop.operations.findIndex(({ out }) => isSameElement(out, operand));
}
