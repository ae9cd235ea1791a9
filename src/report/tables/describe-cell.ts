import type { Cell } from '../cells.js';
import { evaluationStepBeforeEnd, type Run } from '../runs.js';
import { isCollapsed } from '../../experiments/vae/collapse.js';
import { experiments, isOfThePaper, trainingData } from '../../experiments/vae/settings/training-data.js';
import type { SweepPart } from '../../sweep/load.js';
import { experimentOf } from '../../task/registry.js';
import type { SettingValue } from '../../task/setting-values.js';
import { cellSettings, labelSetting, seedOf, settingText } from '../../task/settings.js';
import type { TrainingSettings } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { countRuns } from './format.js';

/** The interval of the authors' released code. */
const RELEASED_EVALUATE_EVERY_STEPS = 5_000;

/** As `3-12-20, decoderNoise true`. */
export function cellName(
  { varying }: Pick<SweepPart, 'varying'>,
  { settings }: Pick<Cell, 'settings'>,
): string {
  return cellSettings(experimentOf(settings), varying)
    .map((name) => labelSetting(settings, name))
    .join(', ');
}

/** The settings of a cell as fields of a record. */
export function cellFields({ settings }: Pick<Cell, 'settings'>) {
  const { experiment, intrinsicDim, ambientDim, latentDim, decoderLogVarianceThreshold } = settings;
  const randomStreams = settingText(settings, 'randomStreams');
  return { experiment, intrinsicDim, ambientDim, latentDim, decoderLogVarianceThreshold, randomStreams };
}

/** What to know before a cell's numbers are believed: runs that are missing, or that collapsed. */
export function cellNotes(name: string, cell: Cell): string[] {
  const reasons = new Map<string, SettingValue[]>();
  for (const { task, reason } of cell.missing)
    reasons.set(reason, [...(reasons.get(reason) ?? []), seedOf(task.settings)]);
  const notes = [...reasons].map(([reason, seeds]) => `${name}: ${countSeeds(seeds)} missing: ${reason}`);
  const collapsed = cell.runs.filter(isCollapsed);
  if (collapsed.length === 0) return notes;
  const seeds = collapsed.map(({ task }) => seedOf(task.settings));
  const count = countRuns(collapsed.length, cell.runs.length);
  return [...notes, `${name}: ${count} collapsed (${countSeeds(seeds)}): no latent is used`];
}

/** As `seeds 2, 3`, each once. */
function countSeeds(all: readonly SettingValue[]): string {
  const seeds = [...new Set(all)];
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
}

/** A note on steps that are fewer than the paper's, or none. */
export function stepNotes(cells: readonly Cell[]): string[] {
  const short = cells.find(({ settings }) => isShort(settings));
  if (short === undefined) return [];
  const { steps, experiment } = short.settings;
  return [
    `Trained for ${formatCount(steps)} of the paper's ${formatCount(trainingData(experiment).steps)} steps.`,
  ];
}

/**
 * Returns words for the last evaluation before the end of training, for example `step 145,000, the evaluation that the paper prints`.
 * @param isPrinted whether the paper prints numbers for any of the runs
 */
export function evaluationBeforeEnd(runs: readonly Run[], isPrinted: boolean): string {
  const steps = new Set(runs.map(evaluationStepBeforeEnd));
  const [step] = steps;
  if (step === undefined || steps.size > 1) return 'the last evaluation before the end of training';
  const settings = runs.map(({ task }) => task.settings);
  if (settings.every(evaluatesAsReleased) && isPrinted)
    return `step ${formatCount(step)}, the evaluation that the paper prints`;
  const isEnd = settings.every(({ steps }) => steps === step);
  return `step ${formatCount(step)}, the last evaluation${isEnd ? '' : ' before the end of training'}`;
}

/** Whether the task trains and evaluates at the same steps as the released code. */
function evaluatesAsReleased({ steps, experiment, evaluateEverySteps }: TrainingSettings): boolean {
  return (
    isOfThePaper(experiment) &&
    steps === experiments[experiment].steps &&
    evaluateEverySteps === RELEASED_EVALUATE_EVERY_STEPS
  );
}

/** Whether the run had fewer steps than the paper's of its experiment. */
export function isShort({ steps, experiment }: TrainingSettings): boolean {
  return isOfThePaper(experiment) && steps < experiments[experiment].steps;
}
