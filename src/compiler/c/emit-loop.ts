import { emitMatMul, productShape, type ProductShape, type Tile } from './emit-matmul.js';
import { emitKernel } from './emit.js';
import { functionsFor } from './functions.js';
import { lower } from './lower.js';
import { HAS_EFFECTS, MODULE, NO_INLINE, PRODUCT_PARAMETERS } from './node-module.js';
import { PRELUDE } from './prelude.js';
import type { MatMul, Program } from './program.js';
import { canOverwrite, layOut, roundUp, schedule, storedViews, type Kernel } from './schedule.js';
import type { Buffer, CellType } from './view.js';
import type { LoopShapes } from '../loop.js';
import type { Lanes } from '../native/cpu.js';
import type { RecordedLoop } from '../recorded-loop.js';

/** A region of the workspace: `size` cells from `start`. */
export interface Region {
  readonly start: number;
  readonly size: number;
}

/** The C source of a loop, and the layout of its workspace, in cells of 4 bytes. */
export interface LoopSource {
  readonly source: string;
  readonly cells: number;
  readonly inputs: readonly Region[];
  readonly state: readonly Region[];
  readonly firstStep: Region;
  readonly log: Region;
  /** Constants that the caller writes once, before the first run. */
  readonly constants: readonly (Region & { readonly dtype: CellType; readonly values: readonly number[] })[];
  /** The kernels of each part of the loop. */
  readonly kernels: Readonly<Record<'keys' | 'draw' | 'step', readonly Kernel[]>>;
}

/**
 * Translates a recorded loop to C. Its blocks have one step, so that the random numbers of a step stay in the L1 cache.
 * @param tileOf returns the register tile of a matrix product; it does not change the results
 */
export function loopSource(
  recorded: RecordedLoop,
  shapes: LoopShapes,
  lanes: Lanes,
  tileOf: (shape: ProductShape) => Tile,
): LoopSource {
  const workspace = new Workspace();
  const { callSteps } = recorded;
  const inputShapes = shapes.inputs;
  const scalar = { dtype: 'int32', shape: [] } as const;
  const programs = {
    keys: lower(recorded.keys, [{ dtype: 'int32', shape: [callSteps] }, ...inputShapes]),
    draw: lower(
      recorded.draw,
      recorded.keys.outputs.map((keys) => ({ ...keys, shape: [1, ...keys.shape.slice(1)] })),
    ),
    step: lower(recorded.step, [
      scalar,
      ...inputShapes,
      ...recorded.draw.outputs.map((drawn) => ({ ...drawn, shape: drawn.shape.slice(1) })),
      ...shapes.state,
    ]),
  };
  const place = (buffers: readonly Buffer[]) => buffers.map(({ size }) => workspace.add(size));
  const firstStep = workspace.add(1);
  const steps = workspace.add(callSteps);
  const inputs = place(programs.keys.inputs.slice(1));
  const drawn = place(programs.draw.outputs.map(({ buffer }) => buffer));
  const keyRows = place(programs.draw.inputs);
  const keyTables = place(programs.keys.outputs.map(({ buffer }) => buffer));
  const [metrics] = programs.step.outputs;
  if (metrics === undefined) throw new Error('The recorded step returns no metrics.');
  const metricsRow = workspace.add(metrics.buffer.size);
  const log = workspace.add(metrics.buffer.size * callSteps);
  const state = place(programs.step.inputs.slice(1 + inputs.length + drawn.length));
  const kernels = {
    keys: schedule(programs.keys),
    draw: schedule(programs.draw),
    step: schedule(programs.step),
  };
  const next = programs.step.outputs.slice(1).map(({ buffer }, index) => {
    const before = programs.step.inputs[1 + inputs.length + drawn.length + index];
    const region = state[index];
    const view = programs.step.outputs[1 + index];
    if (before === undefined || region === undefined || view === undefined)
      throw new Error('The recorded step returns fewer state tensors than it takes.');
    return canOverwrite(kernels.step, before, view) ? region : workspace.add(buffer.size);
  });
  const pinned = {
    keys: pin(programs.keys, [steps, ...inputs], keyTables),
    draw: pin(programs.draw, keyRows, drawn),
    step: pin(programs.step, [firstStep, ...inputs, ...drawn, ...state], [metricsRow, ...next]),
  };
  const constants = Object.entries(programs).flatMap(([name, program]) =>
    program.constants.map(({ buffer, dtype, values }) => {
      const region = workspace.add(buffer.size);
      pinned[name as keyof typeof pinned].set(buffer, region.start);
      return { ...region, dtype, values };
    }),
  );
  let cells = workspace.cells;
  const products = new ProductFunctions(lanes, tileOf);
  const functions = (['keys', 'draw', 'step'] as const).map((name) => {
    const outputs = new Set(programs[name].outputs.map(({ buffer }) => buffer));
    const stored = storedViews(kernels[name], outputs);
    const layout = layOut(kernels[name], stored, pinned[name], workspace.cells);
    cells = Math.max(cells, layout.size);
    const bodies = kernels[name].map((kernel) =>
      emitKernel(kernel, layout.offsets, stored, lanes, products.functionOf),
    );
    const each = bodies.map((body, index) =>
      kernelFunction(`${name}_${index}_${kernels[name][index]?.kind ?? ''}`, body),
    );
    const calls = each.map((one) => `${one.name}(w);`).join('\n');
    return `${each.map((one) => one.source).join('')}static void ${name}(float *w) {\n${calls}\n}\n`;
  });
  const copyCells = (to: number | string, from: number | string, size: number) =>
    `memcpy(w + ${to}, w + ${from}, ${4 * size});`;
  const run = `
static void run(float *w, int count) {
  int *wi = (int *)w;
  const int first = wi[${firstStep.start}];
  for (int i = 0; i < ${callSteps}; i++) wi[${steps.start} + i] = first + i;
  keys(w);
  for (int s = 0; s < count; s++) {
    wi[${firstStep.start}] = first + s;
    ${keyRows.map((row, index) => copyCells(row.start, `${keyTables[index]?.start} + s * ${row.size}`, row.size)).join('\n    ')}
    draw(w);
    step(w);
    ${next.map((region, index) => (region === state[index] ? '' : copyCells(state[index]?.start ?? 0, region.start, region.size))).join('\n    ')}
    ${copyCells(`${log.start} + s * ${metricsRow.size}`, metricsRow.start, metricsRow.size)}
  }
}
`;
  const body = [products.source, ...functions, run, MODULE].join('\n');
  const source = `${PRELUDE}${functionsFor(body)}\n${body}`;
  return { source, cells: roundUp(cells) + 16, inputs, state, firstStep, log, constants, kernels };
}

/** The C functions of the matrix products; products of the same shape share one. */
class ProductFunctions {
  readonly #bodies: string[] = [];
  readonly #lanes: Lanes;
  readonly #tileOf: (shape: ProductShape) => Tile;

  constructor(lanes: Lanes, tileOf: (shape: ProductShape) => Tile) {
    this.#lanes = lanes;
    this.#tileOf = tileOf;
  }

  readonly functionOf = (product: MatMul): string => {
    const shape = productShape(product);
    const body = emitMatMul(shape, this.#lanes, this.#tileOf(shape));
    if (!this.#bodies.includes(body)) this.#bodies.push(body);
    return `matmul_${this.#bodies.indexOf(body)}`;
  };

  get source(): string {
    return this.#bodies
      .map(
        (body, index) =>
          `${NO_INLINE} void matmul_${index}(${PRODUCT_PARAMETERS}) {\n${body}\n${HAS_EFFECTS}\n}\n`,
      )
      .join('');
  }
}

/** Returns a separate C function for a kernel. */
function kernelFunction(name: string, body: string): { name: string; source: string } {
  const head = `${NO_INLINE} void ${name}(float *w)`;
  return { name, source: `${head} {\nint *wi = (int *)w;\n${body}\n${HAS_EFFECTS}\n}\n` };
}

/** Allocates the part of the workspace whose cells are never reused. */
class Workspace {
  cells = 0;

  add(size: number): Region {
    const region = { start: this.cells, size };
    this.cells += roundUp(size) + 16;
    return region;
  }
}

function pin(program: Program, inputs: readonly Region[], outputs: readonly Region[]): Map<Buffer, number> {
  const pinned = new Map<Buffer, number>();
  program.inputs.forEach((buffer, index) => pinned.set(buffer, inputs[index]?.start ?? 0));
  program.outputs.forEach(({ buffer }, index) => pinned.set(buffer, outputs[index]?.start ?? 0));
  return pinned;
}
