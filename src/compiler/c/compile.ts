import type { Tensor } from '@tensorflow/tfjs-node';
import { vectorLanes } from '../native/cpu.js';
import { tf } from '../native/tensorflow.js';
import { checkCount, type BuildTime, type Loop, type LoopBody, type LoopShapes } from '../loop.js';
import { recordLoop } from '../recorded-loop.js';
import { buildAhead, buildModule } from './build.js';
import { loopSource, type LoopSource, type Region } from './emit-loop.js';
import { productPlanner } from './plan-products.js';

/** One step per block, so that its random numbers stay in the L1 cache. */
const BLOCK_STEPS = 1;

/**
 * Records `body` once, translates it to C and compiles it to machine code. One native call then runs up to `maxSteps` steps.
 * @param when when g++ compiles: now, or in the first call unless `buildAhead` has done it before
 */
export function compileLoopToC(
  body: LoopBody,
  shapes: LoopShapes,
  maxSteps: number,
  when: BuildTime = 'now',
): Loop {
  const program = programOf(body, shapes, maxSteps);
  let loaded = when === 'now' ? load(program) : null;
  const width = program.log.size / maxSteps;
  return {
    maxSteps,
    blockSteps: BLOCK_STEPS,
    buildAhead: async () => {
      await buildAhead(program.source);
    },
    run(state, inputs, firstStep, count) {
      checkCount(count, maxSteps);
      loaded ??= load(program);
      const { module, workspace, floats, ints } = loaded;
      const write = (region: Region, tensor: Tensor) => {
        const cells = tensor.dtype === 'float32' ? floats(region) : ints(region);
        cells.set(tensor.dataSync<'float32' | 'int32'>());
      };
      ints(program.firstStep)[0] = firstStep;
      inputs.forEach((tensor, index) => {
        write(program.inputs[index] ?? missing(), tensor);
      });
      state.forEach((tensor, index) => {
        write(program.state[index] ?? missing(), tensor);
      });
      module.run(workspace, count);
      const next = program.state.map((region, index): Tensor => {
        const { shape, dtype } = shapes.state[index] ?? missing();
        return tf.tensor(
          dtype === 'float32' ? floats(region).slice() : ints(region).slice(),
          [...shape],
          dtype,
        );
      });
      return { state: next, metrics: floats(program.log).slice(0, count * width) };
    },
    dispose: () => undefined,
  };
}

/** Compiles the program, or finds it in the cache, loads it, and allocates its workspace. */
function load({ source, cells, constants }: LoopSource) {
  const module = buildModule(source);
  const workspace = new ArrayBuffer(4 * cells + 64);
  const padding = module.padding(workspace);
  const floats = ({ start, size }: Region) => new Float32Array(workspace, padding + 4 * start, size);
  const ints = ({ start, size }: Region) => new Int32Array(workspace, padding + 4 * start, size);
  for (const constant of constants) {
    (constant.dtype === 'float32' ? floats(constant) : ints(constant)).set(constant.values);
  }
  return { module, workspace, floats, ints };
}

function programOf(body: LoopBody, shapes: LoopShapes, maxSteps: number): LoopSource {
  const lanes = vectorLanes();
  const recorded = recordLoop(body, shapes, maxSteps, BLOCK_STEPS);
  return loopSource(recorded, shapes, lanes, productPlanner(lanes).tileOf);
}

function missing(): never {
  throw new Error('The loop received more tensors than it was compiled for.');
}
