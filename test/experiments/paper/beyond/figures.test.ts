import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSvg } from '../../../../src/report/figures/render.js';
import { assertGolden } from '../../../golden.js';
import { COLLAPSED, examined, USED } from './sample-hypotheses.js';

const CASES = {
  'hypothesis-map': examined(
    `experiment: sphere
grid: { hiddenWidths: [[4], [8], [4, 4], [8, 8]], batchSize: [25, 100], modelSeed: [0, 1, 2] }
settings: { dimensions: [2, 6, 6], seed: 69, steps: 20000 }
`,
    ({ hiddenWidths, batchSize, modelSeed }) =>
      modelSeed < hiddenWidths.length + batchSize / 100 ? COLLAPSED : USED,
  ),
  'hypothesis-dots': examined(
    `experiment: sphere
grid:
  dimensions: [[2, 6, 6], [4, 10, 10]]
  decoderVarianceThreshold: [e^-2, e^-8]
  finalDecoderVarianceThreshold: [none, e^-8]
  modelSeed: [0, 1]
exclude: [{ decoderVarianceThreshold: e^-8, finalDecoderVarianceThreshold: e^-8 }]
settings: { seed: 69, steps: 40000 }
`,
    ({ intrinsicDim, modelSeed, decoderLogVarianceThreshold }) => ({
      ...USED,
      manifoldError: 0.01 * intrinsicDim + 0.005 * modelSeed,
      decoderVariance: Math.exp(decoderLogVarianceThreshold ?? 0),
      encoderZeros: intrinsicDim + modelSeed,
    }),
  ),
} as const;

for (const [name, [found]] of Object.entries(CASES))
  test(`${name} matches its golden figure, without warnings`, async (t) => {
    const warn = t.mock.method(console, 'warn', () => undefined);
    assert.ok(found?.figure);
    assertGolden(`${name}.svg`, await renderSvg(found.figure));
    assert.equal(warn.mock.callCount(), 0);
  });
