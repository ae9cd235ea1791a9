import type { z } from 'zod';
import { formatCount } from '../../../units.js';
import { isPaperExperiment, trainingData } from './training-data.js';
import { chooseVersions } from '../../../task/task.js';
import type { TrainingSettings } from './task.js';
import { pluginVersionsFor } from '../plugins/installed.js';
import { formatThreshold } from './threshold.js';
import { derivedTraining, type SettingName, type trainingSettings } from './training-settings.js';
import { KIND_COLUMN, type FieldColumn } from '../../../task/column.js';
import type { Experiment } from '../../../task/experiment.js';
import type { SettingProblem } from '../../../task/setting-values.js';
import { trainingCost } from './training-cost.js';

const WORKER = new URL('../worker.js', import.meta.url);
const SAMPLE = new URL('../training/sample.js', import.meta.url);
const MAX_LOG_ROWS = 10_000_000;
const MAX_EVALUATIONS = 100_000;

/** The settings of one cell from a sweep file, in canonical form. */
export type CellValues = {
  readonly [Name in SettingName]?: z.output<(typeof trainingSettings)[Name]['schema']>;
};

/** The settings of sweep files that train, by experiment. Only sigmoid data has `badOptimumExtraDims`. */
export interface TrainingSettingInputs {
  readonly linear: Omit<Inputs, 'badOptimumExtraDims'>;
  readonly sphere: Omit<Inputs, 'badOptimumExtraDims'>;
  readonly sigmoid: Inputs;
}

type Inputs = { readonly [Name in SettingName]: z.input<(typeof trainingSettings)[Name]['schema']> };

const commonSchemas = Object.fromEntries(
  Object.entries(derivedTraining.schemas).filter(([name]) => name !== 'badOptimumExtraDims'),
);

/** The columns of exports, one per stored setting. */
const settingColumns: Readonly<Record<string, FieldColumn>> = {
  kind: KIND_COLUMN,
  experiment: {
    type: 'utf8',
    unit: '-',
    description: 'linear, sigmoid or sphere, or the data of a plugin',
  },
  ...derivedTraining.columns,
};

/** Returns the experiment that trains on the data of this name. */
export function trainingExperiment(name: string): Experiment<TrainingSettings> {
  return {
    name,
    schemas: name === 'sigmoid' ? derivedTraining.schemas : commonSchemas,
    required: derivedTraining.required,
    resolve: (values) => resolveSettings(name, values),
    problems: (values, settings) => settingProblems(values, settings),
    settingOf: (settings, setting) => derivedTraining.settingOf(settings, setting),
    folderName,
    versions: (settings, installed) => {
      const plugins = pluginVersionsFor(settings.experiment);
      const versions = chooseVersions(installed, ['tensorflow', 'numerics']);
      return { ...versions, ...(Object.keys(plugins).length > 0 && { plugins }) };
    },
    cost: trainingCost,
    unit: 'step',
    steps: ({ steps }) => steps,
    isResumable: true,
    startsProgram: false,
    continuation: 'steps',
    // The bound at a step depends on the number of all steps.
    isContinuable: ({ finalDecoderLogVarianceThreshold }) => finalDecoderLogVarianceThreshold === undefined,
    tables: ['table1', 'table2', 'table3', 'table4', 'table5'],
    diskAdvice: 'log fewer steps (logEverySteps in the sweep file or --set logEverySteps=10)',
    dependsOnCpu: true,
    worker: WORKER,
    sample: SAMPLE,
    display: derivedTraining.display,
    columns: settingColumns,
    details: async () => (await import('../details.js')).details,
    warmUpKey: operationsKey,
  };
}

/** Fills in the defaults. */
export function resolveSettings(experiment: string, values: CellValues): TrainingSettings {
  const fields = derivedTraining.resolve(values, trainingData(experiment));
  return { kind: 'train', experiment, ...fields };
}

/** Returns a key that is equal for tasks that use the same TensorFlow operations. */
function operationsKey(settings: TrainingSettings): string {
  const { experiment, engine, biases, decoderNoise, decoderLogVarianceThreshold, hiddenWidths } = settings;
  const { decoderVarianceMethod, finalDecoderLogVarianceThreshold } = settings;
  return [
    experiment,
    engine,
    biases,
    decoderNoise,
    decoderLogVarianceThreshold !== null,
    hiddenWidths.length,
    ...(decoderVarianceMethod === undefined ? [] : [decoderVarianceMethod]),
    ...(finalDecoderLogVarianceThreshold === undefined ? [] : ['annealed']),
  ].join();
}

function settingProblems(values: CellValues, settings: TrainingSettings): SettingProblem[] {
  const { experiment, intrinsicDim, ambientDim, steps, logEverySteps, evaluateEverySteps } = settings;
  const data = trainingData(experiment);
  const problems: SettingProblem[] = [];
  const min = data.coordinates(intrinsicDim);
  if (ambientDim < min) {
    const why =
      min === intrinsicDim ? 'the intrinsic dimension' : `the intrinsic dimension + ${min - intrinsicDim}`;
    problems.push({
      settings: ['dimensions'],
      message: `expected an ambient dimension of at least ${min} (${why}), got ${ambientDim}`,
    });
  }
  if (values.hiddenWidths !== undefined && !data.hasHiddenLayers)
    problems.push({
      settings: ['hiddenWidths'],
      message: `the networks for ${experiment} data have no hidden layers: remove hiddenWidths`,
    });
  if (steps / logEverySteps > MAX_LOG_ROWS)
    problems.push({
      settings: ['steps', 'logEverySteps'],
      message:
        `the step log would have more than ${formatCount(MAX_LOG_ROWS)} rows (${formatCount(steps)} steps, one row every ${formatCount(logEverySteps)}): ` +
        `set logEverySteps to ${Math.ceil(steps / MAX_LOG_ROWS)} or more`,
    });
  if (steps / evaluateEverySteps > MAX_EVALUATIONS)
    problems.push({
      settings: ['evaluateEverySteps', 'steps'],
      message:
        `the task would have more than ${formatCount(MAX_EVALUATIONS)} evaluations (${formatCount(steps)} steps, one every ${formatCount(evaluateEverySteps)}): ` +
        `set evaluateEverySteps to ${Math.ceil(steps / MAX_EVALUATIONS)} or more`,
    });
  if (settings.randomStreams === 'released-code' && !isPaperExperiment(experiment))
    problems.push({
      settings: ['randomStreams'],
      message:
        `the authors' released code has no ${experiment} data and therefore no random streams for them: ` +
        'use fold-in, or remove randomStreams',
    });
  return [...problems, ...decoderVarianceProblems(values, settings), ...badOptimumProblems(settings)];
}

/** Returns the reasons why the decoder variance can't be determined in this way. */
function decoderVarianceProblems(values: CellValues, settings: TrainingSettings): SettingProblem[] {
  const { decoderVarianceMethod, decoderNoise } = settings;
  const { decoderLogVarianceThreshold, finalDecoderLogVarianceThreshold } = settings;
  const problems: SettingProblem[] = [];
  if (decoderVarianceMethod === 'optimal' && decoderNoise)
    problems.push({
      settings: ['decoderVarianceMethod', 'decoderNoise'],
      message:
        'the optimal decoder variance is computed from an error without noise: set decoderNoise to false',
    });
  if (decoderVarianceMethod === 'optimal' && values.initialDecoderLogVariance !== undefined)
    problems.push({
      settings: ['initialDecoderLogVariance', 'decoderVarianceMethod'],
      message:
        'the optimal decoder variance does not depend on an initial one: remove initialDecoderLogVariance, or exclude the combination',
    });
  if (finalDecoderLogVarianceThreshold === undefined) return problems;
  const names = ['finalDecoderVarianceThreshold', 'decoderVarianceThreshold'];
  if (decoderLogVarianceThreshold === null)
    problems.push({
      settings: names,
      message: 'the bound has no value at the start: set decoderVarianceThreshold too',
    });
  else if (finalDecoderLogVarianceThreshold >= decoderLogVarianceThreshold)
    problems.push({
      settings: names,
      message:
        `expected a final bound below decoderVarianceThreshold, which is ${formatThreshold(decoderLogVarianceThreshold)}, ` +
        `got ${formatThreshold(finalDecoderLogVarianceThreshold)}: for a constant bound, remove finalDecoderVarianceThreshold`,
    });
  return problems;
}

/** Returns the reasons why training can't start at the bad optimum of Theorem 4. */
function badOptimumProblems(settings: TrainingSettings): SettingProblem[] {
  const { badOptimumExtraDims: extra, intrinsicDim, ambientDim, latentDim, biases } = settings;
  if (extra === undefined) return [];
  const problems: SettingProblem[] = [];
  if (settings.initialKernelScale !== undefined)
    problems.push({
      settings: ['initialKernelScale', 'badOptimumExtraDims'],
      message: 'the bad optimum has no drawn kernels that can be scaled: remove initialKernelScale',
    });
  const max = Math.min(ambientDim - 1, latentDim) - intrinsicDim;
  if (extra > max)
    problems.push({
      settings: ['badOptimumExtraDims', 'dimensions'],
      message:
        `expected a number s with ambient > intrinsic + s and latent >= intrinsic + s, ` +
        `at most ${Math.max(0, max)} for ${intrinsicDim}-${ambientDim}-${latentDim}, got ${extra}`,
    });
  if (!biases)
    problems.push({
      settings: ['biases'],
      message:
        'the bad optimum requires biases (-sigma(0) cancels the output 1/2 of sigma): remove biases, or set it to true',
    });
  return problems;
}

/** Returns a file name that is safe on every system, for example `linear-3-12-20-seed2` or `sphere-6-14-13-seed69-e-4-model5`. */
function folderName(settings: TrainingSettings): string {
  const { experiment, intrinsicDim, ambientDim, latentDim, seed, modelSeed } = settings;
  const parts = [experiment, intrinsicDim, ambientDim, latentDim, `seed${seed}`];
  if (settings.decoderLogVarianceThreshold !== null)
    parts.push(thresholdName(settings.decoderLogVarianceThreshold));
  if (settings.finalDecoderLogVarianceThreshold !== undefined)
    parts.push(`to-${thresholdName(settings.finalDecoderLogVarianceThreshold)}`);
  if (settings.decoderVarianceMethod !== undefined) parts.push(settings.decoderVarianceMethod);
  if (modelSeed !== 0) parts.push(`model${modelSeed}`);
  if (settings.badOptimumExtraDims !== undefined) parts.push(`bad${settings.badOptimumExtraDims}`);
  if (settings.initialKernelScale !== undefined) parts.push(`scale${settings.initialKernelScale}`);
  if (settings.roundingSeed !== undefined) parts.push(`rounding${settings.roundingSeed}`);
  if (settings.randomStreams !== undefined) parts.push('released');
  return parts.join('-');
}

function thresholdName(logVariance: number): string {
  const text = formatThreshold(logVariance);
  return text.startsWith('e^') ? text.replace('^', '') : `var${text}`;
}
