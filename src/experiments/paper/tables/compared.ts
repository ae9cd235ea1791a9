import { aggregate, type Aggregate, type Cell } from '../../../report/cells.js';
import { finalNumber } from '../../../report/runs.js';
import { numberBeforeEnd, type TrainingRun } from '../../vae/runs.js';
import type { SweepPart } from '../../../sweep/load.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { LayoutRow } from './layouts.js';

type PartTable = Pick<SweepPart, 'table'>;

/**
 * Whether printed numbers are compared with the last evaluation before the end of training, which is the last one in the authors'
 * released code. True for a part that reproduces a table of the paper with the released random streams.
 */
export function comparesBeforeEnd(
  { table }: PartTable,
  { randomStreams }: Pick<TrainingSettings, 'randomStreams'>,
): boolean {
  return table !== null && randomStreams === 'released-code';
}

/** Returns the column of the evaluation log that a row's printed number is compared with. */
export function comparedMetric(part: PartTable, row: LayoutRow, settings: TrainingSettings): string {
  return comparesBeforeEnd(part, settings) ? (row.releasedMetric ?? row.metric) : row.metric;
}

/** Returns the mean over a cell that a row's printed number is compared with. */
export function comparedAggregate(
  part: PartTable,
  row: LayoutRow,
  cell: Cell<TrainingSettings>,
): Aggregate | undefined {
  return aggregate(cell.runs, cell.label, (run) => comparedNumber(part, row, run));
}

/** Returns the number of one task that contributes to `comparedAggregate`; null if it is not defined. */
export function comparedNumber(part: PartTable, row: LayoutRow, run: TrainingRun): number | null {
  const { settings } = run.task;
  const numberOf = comparesBeforeEnd(part, settings) ? numberBeforeEnd : finalNumber;
  return numberOf(run, comparedMetric(part, row, settings));
}
