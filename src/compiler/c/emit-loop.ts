import { emitMatMul, type Lanes } from './emit-matmul.js';
import { emitKernel } from './emit.js';
import { lower } from './lower.js';
import { functionsFor } from './functions.js';
import { PRELUDE } from './prelude.js';
import type { MatMul, Program } from './program.js';
import { canOverwrite, layOut, roundUp, schedule, storedViews, type Kernel } from './schedule.js';
import type { Buffer, CellType } from './view.js';
import type { LoopShapes } from '../loop.js';
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

/** Translates a recorded loop to C. Its blocks have one step, so that the random numbers of a step stay in the L1 cache. */
export function loopSource(recorded: RecordedLoop, shapes: LoopShapes, lanes: Lanes): LoopSource {
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
  const products = new ProductFunctions(lanes);
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

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  readonly functionOf = (product: MatMul): string => {
    const body = emitMatMul(product, this.#lanes);
    if (!this.#bodies.includes(body)) this.#bodies.push(body);
    return `matmul_${this.#bodies.indexOf(body)}`;
  };

  get source(): string {
    const parameters = 'const float *__restrict a, const float *__restrict b, float *__restrict c';
    return this.#bodies
      .map(
        (body, index) => `${NO_INLINE} void matmul_${index}(${parameters}) {\n${body}\n${HAS_EFFECTS}\n}\n`,
      )
      .join('');
  }
}

const NO_INLINE = 'static __attribute__((noinline))';

/**
 * Ends a function that writes to the workspace. GCC 12 mistakes some functions that only write parts of vectors with memcpy for
 * functions without side effects, and removes calls to them (`-fipa-modref`, `-fipa-pure-const`).
 */
const HAS_EFFECTS = '__asm__ volatile("" ::: "memory");';

/** Returns a separate C function for a kernel: short functions compile faster, and a profiler shows their names. */
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

/** C of the Node module: `run(workspace, count)`, and `padding(workspace)`, the number of bytes before the first cache line boundary. */
const MODULE = `
static float *workspace(napi_env env, napi_value buffer, size_t *padding) {
  void *data; size_t bytes;
  napi_get_arraybuffer_info(env, buffer, &data, &bytes);
  *padding = (64 - (size_t)data % 64) % 64;
  return (float *)((char *)data + *padding);
}

static napi_value padding_js(napi_env env, napi_callback_info info) {
  size_t count = 1, padding; napi_value arguments[1], result;
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  workspace(env, arguments[0], &padding);
  napi_create_uint32(env, (unsigned)padding, &result);
  return result;
}

static napi_value run_js(napi_env env, napi_callback_info info) {
  size_t count = 2, padding; napi_value arguments[2]; int steps;
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  napi_get_value_int32(env, arguments[1], &steps);
  run(workspace(env, arguments[0], &padding), steps);
  return 0;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, 0, 0, run_js, 0, &function);
  napi_set_named_property(env, exports, "run", function);
  napi_create_function(env, 0, 0, padding_js, 0, &function);
  napi_set_named_property(env, exports, "padding", function);
  return exports;
}
`;
