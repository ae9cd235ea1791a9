import { NUMERICS_VERSION } from '../src/experiments/vae/numerics-version.js';
import { installedTensorFlow } from '../src/store/installation.js';
import type { ExperimentName } from '../src/experiments/vae/settings/training-data.js';
import { identify } from '../src/task/identity.js';
import { resolveSettings, type CellValues } from '../src/experiments/vae/settings/training-experiment.js';
import type { TrainingSettings, TrainingTask } from '../src/experiments/vae/settings/task.js';

/** The step shapes that are measured, one an experiment; `bench/jax_scan.py` has the same. */
const shapes: Record<ExperimentName, CellValues> = {
  linear: { dimensions: [9, 20, 20], seed: 2 },
  sigmoid: { dimensions: [7, 28, 24], seed: 69 },
  sphere: { dimensions: [6, 14, 13], seed: 69 },
};

/** Between checkpoints, as `vae-sweep run` has it by default. */
export const CHECKPOINT_EVERY_MS = 5_000;

/** What differs from a sweep file that says nothing: Eq. (3), or the paper's decoder noise with either random streams. */
export const ENGINE_VARIANTS = {
  eq3: {},
  'fold-in': { decoderNoise: true },
  'released-code': { decoderNoise: true, randomStreams: 'released-code' },
} as const satisfies Record<string, Partial<TrainingSettings>>;

export type EngineVariant = keyof typeof ENGINE_VARIANTS;

export const SHAPES = Object.keys(shapes) as ExperimentName[];

export function checkShape(name: string | undefined): ExperimentName {
  const shape = SHAPES.find((known) => known === name);
  if (shape === undefined)
    throw new RangeError(`shape must be one of ${SHAPES.join(', ')}, got ${String(name)}`);
  return shape;
}

/** The shape's settings, the rest as a sweep file that says nothing has it: batch 100, no decoder noise, every step logged. */
export function settingsOf(shape: ExperimentName, varied: Partial<TrainingSettings> = {}): TrainingSettings {
  return { ...resolveSettings(shape, shapes[shape]), ...varied };
}

/** @param replicate makes tasks of one shape different, and nothing about their cost */
export function taskOf(shape: ExperimentName, steps: number, replicate: number): TrainingTask {
  const versions = { tensorflow: installedTensorFlow().version, numerics: NUMERICS_VERSION };
  return identify(settingsOf(shape, { steps, modelSeed: replicate }), versions);
}
