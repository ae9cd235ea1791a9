import { NUMERICS_VERSION } from '../src/experiments/vae/numerics-version.js';
import { installedTensorFlow } from '../src/store/installation.js';
import type { ExperimentName } from '../src/experiments/vae/settings/training-data.js';
import { identify } from '../src/task/identity.js';
import { resolveSettings, type CellValues } from '../src/experiments/vae/settings/training-experiment.js';
import type { TrainingSettings, TrainingTask } from '../src/experiments/vae/settings/task.js';

/** The measured shapes, one per experiment. They are the same in `bench/jax_scan.py`. */
const shapes: Record<ExperimentName, CellValues> = {
  linear: { dimensions: [9, 20, 20], seed: 2 },
  sigmoid: { dimensions: [7, 28, 24], seed: 69 },
  sphere: { dimensions: [6, 14, 13], seed: 69 },
};

/** Time between checkpoints, the default of `vae-sweep run`. */
export const CHECKPOINT_EVERY_MS = 5_000;

/** Settings that differ from the defaults: none for Eq. (3), or the paper's decoder noise with either kind of random streams. */
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

/** Returns a shape's settings with the defaults of sweep files: batch size 100, no decoder noise, every step logged. */
export function settingsOf(shape: ExperimentName, varied: Partial<TrainingSettings> = {}): TrainingSettings {
  return { ...resolveSettings(shape, shapes[shape]), ...varied };
}

/** Returns a task of a shape. @param replicate distinguishes tasks of one shape without affecting their cost */
export function taskOf(shape: ExperimentName, steps: number, replicate: number): TrainingTask {
  const versions = { tensorflow: installedTensorFlow().version, numerics: NUMERICS_VERSION };
  return identify(settingsOf(shape, { steps, modelSeed: replicate }), versions);
}
