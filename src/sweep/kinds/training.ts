import { formatCount } from '../../units.js';
import { isOfThePaper, trainingData } from '../experiments.js';
import type { SettingName, TrainingValues } from '../setting-schemas.js';
import { settingSchemas } from '../setting-schemas.js';
import type { TrainingSettings } from '../task.js';
import { formatThreshold } from '../threshold.js';
import type { Experiment, SettingProblem, SettingValue } from './experiment.js';
import { trainingCost } from './training-cost.js';

const REQUIRED_SETTINGS = ['dimensions', 'seed'] as const;

const MAX_LOG_ROWS = 10_000_000;
const MAX_EVALUATIONS = 100_000;

/** Settings of one cell as a sweep file gives them. */
export type CellValues = TrainingValues & Required<Pick<TrainingValues, (typeof REQUIRED_SETTINGS)[number]>>;

const commonSchemas = Object.fromEntries(
  Object.entries(settingSchemas).filter(([name]) => name !== 'badOptimumExtraDims'),
);

/** One of the experiments that train. */
export function trainingExperiment(name: string): Experiment<TrainingSettings> {
  return {
    name,
    trains: true,
    schemas: name === 'sigmoid' ? settingSchemas : commonSchemas,
    required: REQUIRED_SETTINGS,
    resolve: (values) => resolveSettings(name, values as CellValues),
    problems: (values, settings) => settingProblems(values as CellValues, settings),
    settingOf: (settings, setting) => settingOf(settings, setting as SettingName),
    folderName,
    cost: trainingCost,
    steps: ({ steps }) => steps,
  };
}

/** Fills the defaults in. */
export function resolveSettings(experiment: string, values: CellValues): TrainingSettings {
  const defaults = trainingData(experiment);
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
    ...(values.badOptimumExtraDims != null && { badOptimumExtraDims: values.badOptimumExtraDims }),
    ...(values.randomStreams === 'released-code' && { randomStreams: values.randomStreams }),
  };
}

function settingProblems(values: CellValues, settings: TrainingSettings): SettingProblem[] {
  const { experiment, intrinsicDim, ambientDim, steps, logEverySteps, evaluateEverySteps } = settings;
  const data = trainingData(experiment);
  const problems: SettingProblem[] = [];
  const least = data.coordinates(intrinsicDim);
  if (ambientDim < least) {
    const why =
      least === intrinsicDim
        ? 'the intrinsic dimension'
        : `the intrinsic dimension + ${least - intrinsicDim}`;
    problems.push({
      settings: ['dimensions'],
      message: `expected an ambient dimension of at least ${least} (${why}), got ${ambientDim}`,
    });
  }
  if (values.hiddenWidths !== undefined && !data.hasHiddenLayers)
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
  if (settings.randomStreams === 'released-code' && !isOfThePaper(experiment))
    problems.push({
      settings: ['randomStreams'],
      message:
        `the authors' released code has no ${experiment} data, so it has no random streams for it: ` +
        'use fold-in, or leave randomStreams out',
    });
  return [...problems, ...badOptimumProblems(settings)];
}

/** Why training can't start at Theorem 4's bad optimum. */
function badOptimumProblems(settings: TrainingSettings): SettingProblem[] {
  const { badOptimumExtraDims: extra, intrinsicDim, ambientDim, latentDim, biases } = settings;
  if (extra === undefined) return [];
  const problems: SettingProblem[] = [];
  const most = Math.min(ambientDim - 1, latentDim) - intrinsicDim;
  if (extra > most)
    problems.push({
      settings: ['badOptimumExtraDims', 'dimensions'],
      message:
        `expected an s with ambient > intrinsic + s and latent >= intrinsic + s, ` +
        `at most ${Math.max(0, most)} for ${intrinsicDim}-${ambientDim}-${latentDim}, got ${extra}`,
    });
  if (!biases)
    problems.push({
      settings: ['biases'],
      message: 'a bad optimum has biases, -sigma(0) where sigma puts out 1/2: leave biases out',
    });
  return problems;
}

function settingOf(settings: TrainingSettings, name: SettingName): SettingValue {
  if (name === 'dimensions') return [settings.intrinsicDim, settings.ambientDim, settings.latentDim];
  if (name === 'decoderVarianceThreshold') return settings.decoderLogVarianceThreshold;
  if (name === 'randomStreams') return settings.randomStreams ?? 'fold-in';
  return settings[name] ?? null;
}

/** As `linear-3-12-20-seed2` or `sphere-6-14-13-seed69-e-4-model5`: safe as a file name on every system. */
function folderName(settings: TrainingSettings): string {
  const { experiment, intrinsicDim, ambientDim, latentDim, seed, modelSeed } = settings;
  const parts = [experiment, intrinsicDim, ambientDim, latentDim, `seed${seed}`];
  if (settings.decoderLogVarianceThreshold !== null)
    parts.push(thresholdName(settings.decoderLogVarianceThreshold));
  if (modelSeed !== 0) parts.push(`model${modelSeed}`);
  if (settings.badOptimumExtraDims !== undefined) parts.push(`bad${settings.badOptimumExtraDims}`);
  if (settings.randomStreams !== undefined) parts.push('released');
  return parts.join('-');
}

function thresholdName(logVariance: number): string {
  const text = formatThreshold(logVariance);
  return text.startsWith('e^') ? text.replace('^', '') : `var${text}`;
}
