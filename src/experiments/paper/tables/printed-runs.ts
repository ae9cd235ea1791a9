import { describeRuns, missingNotes, type Cell } from '../../../report/cells.js';
import { countTasks } from '../../../report/tables/format.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { formatCount } from '../../../units.js';
import { isCollapsed } from '../../vae/collapse.js';
import { evaluationStepBeforeEnd, type TrainingRun } from '../../vae/runs.js';
import { experiments, isPaperExperiment, trainingData } from '../../vae/settings/training-data.js';

/** Steps between two evaluations in the authors' released code. */
const RELEASED_EVALUATE_EVERY_STEPS = 5_000;

/** Returns notes about missing and collapsed tasks, which affect how far the numbers of a cell can be trusted. */
export function cellNotes(name: string, cell: Cell): string[] {
  const collapsed = cell.runs.filter(isCollapsed);
  const count = countTasks(collapsed.length, cell.runs.length);
  const note = `${name}: ${count} collapsed (${describeRuns(cell, collapsed)}): no latents used`;
  return [...missingNotes(name, cell), ...(collapsed.length === 0 ? [] : [note])];
}

/** Returns a note if the tasks have fewer steps than in the paper. */
export function stepNotes(cells: readonly Cell<TrainingSettings>[]): string[] {
  const short = cells.find(({ settings }) => isShort(settings));
  if (short === undefined) return [];
  const { steps, experiment } = short.settings;
  return [
    `Trained for ${formatCount(steps)} of the paper's ${formatCount(trainingData(experiment).steps)} steps.`,
  ];
}

/**
 * Describes the last evaluation before the end of training, for example `step 145,000, the evaluation that the paper prints`.
 * @param isPrinted whether the paper prints numbers for any of the tasks
 */
export function evaluationBeforeEnd(runs: readonly TrainingRun[], isPrinted: boolean): string {
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
    isPaperExperiment(experiment) &&
    steps === experiments[experiment].steps &&
    evaluateEverySteps === RELEASED_EVALUATE_EVERY_STEPS
  );
}

/** Whether the task has fewer steps than in the paper. */
export function isShort({ steps, experiment }: TrainingSettings): boolean {
  return isPaperExperiment(experiment) && steps < experiments[experiment].steps;
}
