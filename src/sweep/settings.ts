import { formatCount } from '../units.js';
import type { ExperimentName } from './experiments.js';
import { experiments } from './experiments.js';
import type { SettingName, SettingValue, SettingValues } from './setting-schemas.js';
import type { TrainingSettings } from './task.js';
import { formatThreshold } from './threshold.js';

/** What every cell must be given: they have no default. */
export const REQUIRED_SETTINGS = ['dimensions', 'seed'] as const;

const MAX_LOG_ROWS = 10_000_000;
const MAX_EVALUATIONS = 100_000;

/** Settings of one cell as a sweep file gives them. */
export type CellValues = SettingValues & Required<Pick<SettingValues, (typeof REQUIRED_SETTINGS)[number]>>;

export interface SettingProblem {
  /** The settings it follows from, the likeliest to be mended first. */
  readonly settings: readonly SettingName[];
  readonly message: string;
}

/** Fills the defaults in. */
export function resolveSettings(experiment: ExperimentName, values: CellValues): TrainingSettings {
  const defaults = experiments[experiment];
  const [intrinsicDim, ambientDim, latentDim] = values.dimensions;
  return {
    kind: 'train',
    experiment,
    intrinsicDim,
    ambientDim,
    latentDim,
    seed: values.seed,
    modelSeed: values.modelSeed ?? 0,
    steps: values.steps ?? defaults.steps,
    batchSize: values.batchSize ?? 100,
    learningRate: values.learningRate ?? defaults.learningRate,
    hiddenWidths: values.hiddenWidths ?? defaults.hiddenWidths,
    biases: values.biases ?? true,
    decoderNoise: values.decoderNoise ?? false,
    initialDecoderLogVariance: values.initialDecoderLogVariance ?? defaults.initialDecoderLogVariance,
    decoderLogVarianceThreshold: values.decoderVarianceThreshold ?? null,
    evaluateEverySteps: values.evaluateEverySteps ?? 5_000,
    evaluationPoints: values.evaluationPoints ?? 1_000,
    logEverySteps: values.logEverySteps ?? 1,
    engine: values.engine ?? 'c',
  };
}

/** What is wrong with settings that are each allowed, but not together. */
export function settingProblems(values: CellValues, settings: TrainingSettings): SettingProblem[] {
  const { experiment, intrinsicDim, ambientDim, steps, logEverySteps, evaluateEverySteps } = settings;
  const { extraCoordinates, hasHiddenLayers } = experiments[experiment];
  const problems: SettingProblem[] = [];
  const least = intrinsicDim + extraCoordinates;
  if (ambientDim < least) {
    const why =
      extraCoordinates === 0 ? 'the intrinsic dimension' : `the intrinsic dimension + ${extraCoordinates}`;
    problems.push({
      settings: ['dimensions'],
      message: `expected an ambient dimension of at least ${least} (${why}), got ${ambientDim}`,
    });
  }
  if (values.hiddenWidths !== undefined && !hasHiddenLayers)
    problems.push({
      settings: ['hiddenWidths'],
      message: `the networks of ${experiment} have no hidden layers: leave hiddenWidths out`,
    });
  if (steps / logEverySteps > MAX_LOG_ROWS)
    problems.push({
      settings: ['steps', 'logEverySteps'],
      message:
        `${formatCount(steps)} steps, one row every ${formatCount(logEverySteps)}, are more than ${formatCount(MAX_LOG_ROWS)} rows in a log: ` +
        `set logEverySteps to ${Math.ceil(steps / MAX_LOG_ROWS)} or more`,
    });
  if (steps / evaluateEverySteps > MAX_EVALUATIONS)
    problems.push({
      settings: ['evaluateEverySteps', 'steps'],
      message:
        `${formatCount(steps)} steps, one evaluation every ${formatCount(evaluateEverySteps)}, are more than ${formatCount(MAX_EVALUATIONS)} evaluations: ` +
        `set evaluateEverySteps to ${Math.ceil(steps / MAX_EVALUATIONS)} or more`,
    });
  return problems;
}

/** A task's value of a setting, in a sweep file's canonical form. */
export function settingOf(settings: TrainingSettings, name: SettingName): SettingValue {
  if (name === 'dimensions') return [settings.intrinsicDim, settings.ambientDim, settings.latentDim];
  if (name === 'decoderVarianceThreshold') return settings.decoderLogVarianceThreshold;
  return settings[name];
}

/** Whether two canonical values of one setting are the same. */
export function isSameSetting(a: SettingValue, b: SettingValue): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join() === b.join());
}

/** As the command line takes it: `3-12-20`, `e^-4`, `[200,200,200]`, `0.001`: for people, as variances that differ little look the same. */
export function formatSetting(name: SettingName, value: SettingValue): string {
  if (Array.isArray(value)) return name === 'dimensions' ? value.join('-') : `[${value.join(',')}]`;
  return name === 'decoderVarianceThreshold' && (value === null || typeof value === 'number')
    ? formatThreshold(value)
    : String(value);
}
