import type { Aggregate, Cell } from '../../aggregate/cells.js';
import { finalNumber, printedNumber, type Run } from '../../aggregate/runs.js';
import type { TrainingSettings } from '../../sweep/task.js';
import type { LayoutRow } from './layouts.js';

/** Whether the random numbers are those that the printed numbers were made with. */
export function isReleased({ randomStreams }: TrainingSettings): boolean {
  return randomStreams === 'released-code';
}

/**
 * The column of the evaluation log that a printed number is compared with: that of the released code's score where the tasks use its
 * random streams.
 */
export function comparedMetric(row: LayoutRow, settings: TrainingSettings): string {
  return isReleased(settings) ? (row.releasedMetric ?? row.metric) : row.metric;
}

/** What a printed number is compared with: with the released random streams at the evaluation that the paper prints, else at the last. */
export function comparedAggregate(row: LayoutRow, cell: Cell): Aggregate | undefined {
  const metrics = isReleased(cell.settings) ? cell.printedMetrics : cell.metrics;
  return metrics.get(comparedMetric(row, cell.settings));
}

/** The same of one run; null where it is not defined. */
export function comparedNumber(row: LayoutRow, run: Run): number | null {
  const { settings } = run.task;
  const numberOf = isReleased(settings) ? printedNumber : finalNumber;
  return numberOf(run, comparedMetric(row, settings));
}
