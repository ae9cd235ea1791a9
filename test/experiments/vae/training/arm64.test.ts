import '../../../native-environment.js';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { loopSource, type LoopSource } from '../../../../src/compiler/c/emit-loop.js';
import { TILES } from '../../../../src/compiler/c/emit-matmul.js';
import type { Lanes } from '../../../../src/compiler/native/cpu.js';
import { recordLoop } from '../../../../src/compiler/recorded-loop.js';
import { vaeTraining } from '../../../../src/experiments/vae/training/definition.js';
import { ProgramCache, shapesOf } from '../../../../src/forms/training/program-cache.js';
import { runStandalone, type Target } from '../../../compiler/c/standalone.js';
import { skipWithout } from '../../../required-tool.js';
import { shortSettings } from './harness.js';

const STEPS = 40;
const HERE: Target = { compiler: 'g++', flags: ['-march=native'], emulator: [] };
const ARM64: Target = {
  compiler: 'aarch64-linux-gnu-g++',
  flags: ['-march=armv8-a'],
  emulator: ['qemu-aarch64-static'],
};

const missing = [ARM64.compiler, ...ARM64.emulator].filter(
  (command) => spawnSync(command, ['--version']).status !== 0,
);
const skip = skipWithout(missing.length > 0 ? `${missing.join(' and ')} not found` : false);

describe(
  'the generated C of a training on emulated arm64, with vectors of four lanes',
  { skip, timeout: 300_000 },
  () => {
    const cases = {
      'a linear model': {},
      'a sphere with hidden layers': { experiment: 'sphere', ambientDim: 9, hiddenWidths: [33, 20] },
      'the released random streams': {
        experiment: 'sigmoid',
        ambientDim: 5,
        randomStreams: 'released-code',
      },
    } as const;
    for (const [name, changes] of Object.entries(cases))
      test(`gives the bits of x64 for ${name}`, () => {
        const settings = { ...shortSettings, ...changes };
        const { program } = new ProgramCache(vaeTraining).get(settings);
        const training = vaeTraining.begin(program, settings);
        const shapes = shapesOf(program);
        const recorded = recordLoop(program.body, shapes, STEPS, 1);
        const [own, arm] = ([16, 4] as const).map((lanes: Lanes) =>
          loopSource(recorded, shapes, lanes, () => TILES[lanes][0]),
        ) as [LoopSource, LoopSource];
        const workspace = fill(own, training.inputs(1, STEPS), training.start());
        const expected = runStandalone(own, workspace, STEPS, HERE);
        const actual = runStandalone(arm, workspace, STEPS, ARM64);
        const [losses] = cells(expected, own.log);
        assert.ok(
          losses.every(Number.isFinite) && new Set(losses).size >= STEPS,
          `losses: ${losses.slice(0, 9).join()}`,
        );
        for (const region of [own.log, ...own.state])
          assert.deepEqual(cells(actual, region)[1], cells(expected, region)[1]);
      });
  },
);

/** Returns the workspace before the first step. */
function fill(source: LoopSource, inputs: readonly Tensor[], state: readonly Tensor[]): Uint8Array {
  const workspace = new ArrayBuffer(4 * source.cells);
  const write = (start: number, values: Int32Array | Float32Array) => {
    new Uint8Array(workspace).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      4 * start,
    );
  };
  write(source.firstStep.start, Int32Array.of(1));
  for (const { start, dtype, values } of source.constants)
    write(start, dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values));
  inputs.forEach((tensor, index) => {
    write(source.inputs[index]?.start ?? NaN, tensor.dataSync<'int32' | 'float32'>());
  });
  state.forEach((tensor, index) => {
    write(source.state[index]?.start ?? NaN, tensor.dataSync<'float32'>());
  });
  return new Uint8Array(workspace);
}

/** Returns the cells of a region as numbers and as bits. */
function cells(workspace: Uint8Array, { start, size }: { start: number; size: number }) {
  const bytes = workspace.slice(4 * start, 4 * (start + size)).buffer;
  return [new Float32Array(bytes), new Uint32Array(bytes)] as const;
}
