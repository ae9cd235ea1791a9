import '../../../native-environment.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eagerLoop } from '../../../../src/compiler/loop.js';
import { loopSource } from '../../../../src/compiler/c/emit-loop.js';
import { recordLoop } from '../../../../src/compiler/recorded-loop.js';
import { vaeTraining } from '../../../../src/experiments/vae/training/definition.js';
import { shapesOf } from '../../../../src/forms/training/program-cache.js';
import type { ModelSettings } from '../../../../src/experiments/vae/model/model.js';
import { shortSettings } from './harness.js';

const common = { biases: true, decoderNoise: false, initialDecoderLogVariance: -1 } as const;

/** The shapes of the benchmark. */
const MODELS: Record<string, ModelSettings> = {
  linear: {
    ...common,
    experiment: 'linear',
    intrinsicDim: 9,
    ambientDim: 20,
    latentDim: 20,
    hiddenWidths: [],
  },
  sigmoid: {
    ...common,
    experiment: 'sigmoid',
    intrinsicDim: 7,
    ambientDim: 28,
    latentDim: 24,
    hiddenWidths: [],
  },
  sphere: {
    ...common,
    experiment: 'sphere',
    intrinsicDim: 6,
    ambientDim: 14,
    latentDim: 13,
    hiddenWidths: [200, 200, 200],
  },
};

/**
 * Every additional kernel costs a fraction of a microsecond per step, and an additional recorded operation is often an additional
 * kernel. If this test fails because of an intended change, run `npm run bench -- --only training` and update the counts.
 */
test('a step has the same number of recorded operations and kernels as when it was benchmarked', () => {
  const counts = Object.fromEntries(
    Object.entries(MODELS).map(([name, settings]) => {
      const sizes = { batchSize: 100, evaluationPoints: 1000 };
      const program = vaeTraining.program({ ...shortSettings, ...settings, ...sizes }, (_engine, body) =>
        eagerLoop(body, 1),
      );
      const shapes = shapesOf(program);
      const recorded = recordLoop(program.body, shapes, 1000, 1);
      const { kernels } = loopSource(recorded, shapes, 16, () => ({ rows: 6, vectors: 4 }));
      const count = (part: 'keys' | 'draw' | 'step') => [recorded[part].nodes.length, kernels[part].length];
      return [name, { keys: count('keys'), draw: count('draw'), step: count('step') }];
    }),
  );
  assert.deepEqual(counts, {
    linear: { keys: [436, 3], draw: [654, 4], step: [239, 27] },
    sigmoid: { keys: [436, 3], draw: [654, 4], step: [277, 34] },
    sphere: { keys: [436, 3], draw: [654, 4], step: [399, 70] },
  });
});
