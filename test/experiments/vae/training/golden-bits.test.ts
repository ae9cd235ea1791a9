import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLog, readNumbers } from '../../../../src/logs/read.js';
import { cpuFeatures } from '../../../../src/compiler/native/cpu.js';
import { loadedTensorFlowVersion } from '../../../../src/compiler/native/backend.js';
import { NUMERICS_VERSION } from '../../../../src/experiments/vae/numerics-version.js';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { shortSettings, temporaryFolder, trainHere } from './harness.js';

interface GoldenBits {
  readonly numerics: number;
  readonly tensorflow: string;
  /** The hash of each case's losses, by CPU. XLA compiles for the CPU of the machine and sums in a different order on other CPUs. */
  readonly hashes: Record<string, Record<string, string>>;
}

const FILE = fileURLToPath(new URL('../../../../../test/fixtures/golden-bits.json', import.meta.url));
const nonlinear = { ambientDim: 5, learningRate: 1e-4, initialDecoderLogVariance: -3, steps: 300 } as const;

/** Every experiment with every engine, and every operation that a setting adds. */
const cases: Record<string, Partial<TrainingSettings>> = {
  linear: { steps: 300 },
  'linear, compiled': { steps: 300, engine: 'compiled' },
  'linear, eager': { steps: 30, engine: 'eager' },
  'linear, no biases, no noise': { steps: 300, biases: false, decoderNoise: false },
  'linear, released streams': { steps: 300, randomStreams: 'released-code' },
  'sigmoid, released streams': { ...nonlinear, experiment: 'sigmoid', randomStreams: 'released-code' },
  'sphere, released streams': {
    ...nonlinear,
    experiment: 'sphere',
    hiddenWidths: [20, 20],
    randomStreams: 'released-code',
  },
  sigmoid: { ...nonlinear, experiment: 'sigmoid' },
  'sigmoid, clipped': { ...nonlinear, experiment: 'sigmoid', decoderLogVarianceThreshold: -3 },
  sphere: { ...nonlinear, experiment: 'sphere', hiddenWidths: [20, 20] },
  'sphere, compiled': { ...nonlinear, experiment: 'sphere', hiddenWidths: [20, 20], engine: 'compiled' },
  'sphere, eager': { ...nonlinear, experiment: 'sphere', hiddenWidths: [20, 20], steps: 30, engine: 'eager' },
};

test('the losses have the golden bits of this numerics version, on CPUs for which they are known', (context) => {
  const cpu = `${cpus()[0]?.model ?? 'unknown'}; ${cpuFeatures()}`;
  const golden = JSON.parse(readFileSync(FILE, 'utf8')) as GoldenBits;
  const isCurrent = golden.numerics === NUMERICS_VERSION && golden.tensorflow === loadedTensorFlowVersion();
  if (process.env['UPDATE_GOLDEN'] === '1') {
    const hashes = { ...(isCurrent ? golden.hashes : {}), [cpu]: hashesOfCases() };
    const content = { numerics: NUMERICS_VERSION, tensorflow: loadedTensorFlowVersion(), hashes };
    writeFileSync(FILE, `${JSON.stringify(content, null, 2)}\n`);
    return;
  }
  assert.ok(isCurrent, 'another numerics or TensorFlow version: run UPDATE_GOLDEN=1 npm run test:run');
  const expected = golden.hashes[cpu];
  if (expected === undefined) {
    context.skip(`no bits are known for "${cpu}": UPDATE_GOLDEN=1 npm run test:run adds them`);
    return;
  }
  assert.deepEqual(
    hashesOfCases(),
    expected,
    'the bits changed: raise NUMERICS_VERSION in src/experiments/vae/numerics-version.ts, then UPDATE_GOLDEN=1 npm run test:run',
  );
});

function hashesOfCases(): Record<string, string> {
  return Object.fromEntries(Object.entries(cases).map(([name, settings]) => [name, hashOf(settings)]));
}

function hashOf(settings: Partial<TrainingSettings>): string {
  const folder = temporaryFolder();
  try {
    assert.equal(trainHere(folder.path, { ...shortSettings, ...settings }).type, 'done');
    const steps = readLog(path.join(folder.path, 'steps.arrow'));
    const hash = createHash('sha256');
    for (const { name } of steps.schema.fields) hash.update(Float32Array.from(readNumbers(steps, name)));
    return hash.digest('hex').slice(0, 16);
  } finally {
    folder.remove();
  }
}
