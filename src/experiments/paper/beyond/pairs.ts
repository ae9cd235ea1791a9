import { mean } from 'simple-statistics';
import { finalNumber } from '../../../report/runs.js';
import { formatDifference, formatNumber } from '../../../report/tables/format.js';
import type { TrainingRun } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { TrainingCell } from './hypothesis.js';
import { signTest, type SignTest } from './sign-test.js';

/** Two finished tasks with the same data, initial weights and noise. */
interface Pair {
  readonly treated: TrainingRun;
  readonly control: TrainingRun;
}

/** Returns the settings of the task that a task is compared with; null if the task is not compared, for example a control. */
type ControlOf = (settings: TrainingSettings) => TrainingSettings | null;

interface Comparison {
  readonly controlOf: ControlOf;
  /** The summary column that should be lower. */
  readonly metric: string;
  /** Unit after a number, for example ` nats`. */
  readonly unit: string;
}

/** What the tests of pairs assume. */
export const PAIRS_ASSUMED =
  'Pairs consist of tasks that differ in nothing else. They count as independent, although some share their data or initial weights';

/** Tests whether a metric is lower in the treated task of a pair. */
export function comparePairs(
  cells: readonly TrainingCell[],
  { controlOf, metric, unit }: Comparison,
): { readonly test: SignTest; readonly text: string } {
  const differences = pairsOf(cells, controlOf).flatMap(({ treated, control }) => {
    const [one, other] = [finalNumber(treated, metric), finalNumber(control, metric)];
    return one === null || other === null ? [] : [one - other];
  });
  const test = signTest(differences);
  const average =
    test.count === 0
      ? ''
      : ` (p = ${formatNumber(test.pValue)}) and differs by ${formatDifference(mean(differences))}${unit} on average`;
  return { test, text: `${test.negative} of ${test.count} pairs${average}` };
}

/** Returns the pairs whose two tasks have finished. */
export function pairsOf(cells: readonly TrainingCell[], controlOf: ControlOf): Pair[] {
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
