import { mean } from 'simple-statistics';
import { finalNumber } from '../../../report/runs.js';
import { formatDifference } from '../../../report/tables/format.js';
import type { TrainingRun } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { MOST } from '../claims/task-claim.js';
import type { Finding, TrainingCell } from './hypothesis.js';

/** Two finished tasks with the same data, initial weights and noise. */
interface Pair {
  readonly treated: TrainingRun;
  readonly control: TrainingRun;
}

interface Comparison {
  /** Returns the settings of the task that a task is compared with; null if the task is a control itself. */
  readonly controlOf: (settings: TrainingSettings) => TrainingSettings | null;
  /** The summary column that should be lower. */
  readonly metric: string;
  /** What the numbers are, for example `The loss`, and their unit after a number, for example ` nats`. */
  readonly quantity: string;
  readonly unit: string;
  /** For example `with the optimal variance`. */
  readonly treatment: string;
}

/** The test that `judgePairs` applies. */
export const PAIRS_NEEDED = `in at least ${100 * MOST}% of the pairs of tasks that differ in nothing else`;

/** Judges whether a metric is lower in most pairs. */
export function judgePairs(cells: readonly TrainingCell[], comparison: Comparison): Finding {
  const { metric, quantity, unit, treatment } = comparison;
  const differences = pairsOf(cells, comparison).flatMap(({ treated, control }) => {
    const [one, other] = [finalNumber(treated, metric), finalNumber(control, metric)];
    return one === null || other === null ? [] : [one - other];
  });
  const count = differences.length;
  const lower = differences.filter((difference) => difference < 0).length;
  const average =
    count === 0 ? '' : ` and differs by ${formatDifference(mean(differences))}${unit} on average`;
  return {
    holds: count > 0 && lower >= MOST * count,
    detail: `${quantity} is lower ${treatment} in ${lower} of ${count} pairs${average}`,
  };
}

function pairsOf(cells: readonly TrainingCell[], { controlOf }: Comparison): Pair[] {
  const runs = cells.flatMap((cell) => cell.runs);
  const runWith = new Map(runs.map((run) => [keyOf(run.task.settings), run]));
  return runs.flatMap((treated) => {
    const settings = controlOf(treated.task.settings);
    const control = settings === null ? undefined : runWith.get(keyOf(settings));
    return control === undefined ? [] : [{ treated, control }];
  });
}

/** Returns a key of the settings, whatever their order. */
function keyOf(settings: TrainingSettings): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}
