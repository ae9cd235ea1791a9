import { meansColumns } from '../../../report/cells.js';
import { finalNumber } from '../../../report/runs.js';
import { formatNumber } from '../../../report/tables/format.js';
import { tableOfRuns } from '../../../report/tables/runs-table.js';
import type { Table } from '../../../report/tables/table.js';
import { isCollapsed } from '../../vae/collapse.js';
import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import { comparedNumber, comparesBeforeEnd } from './compared.js';
import { hasPrinted, rowsOf } from './means-tables.js';
import { evaluationBeforeEnd } from './printed-runs.js';

/** Returns a table of every finished task of a part, because a mean over three seeds can hide a collapsed task. */
export function trainingRunsTable(partRuns: TrainingRuns): Table {
  const { part, runs } = partRuns;
  const columns = part.tasks.slice(0, 1).flatMap((task) => meansColumns(partRuns, task));
  const rows = rowsOf(part, columns).filter((row) =>
    runs.some((run) => comparedNumber(part, row, run) !== null),
  );
  const beforeEnd = runs.filter(({ task }) => comparesBeforeEnd(part, task.settings));
  const extra = ['loss', 'kl', 'decoderVariance'].filter((name) =>
    rows.every(({ metric }) => metric !== name),
  );
  return tableOfRuns(partRuns, {
    caption: captionOf(part, runs, beforeEnd, extra),
    head: [...rows.map((row) => row.label), ...extra, 'collapsed'],
    cells: (run) => [
      ...rows.map((row) => formatNumber(comparedNumber(part, row, run))),
      ...extra.map((metric) => formatNumber(finalNumber(run, metric))),
      isCollapsed(run) ? 'collapsed' : '',
    ],
    record: (run) => ({
      seed: run.task.settings.seed,
      modelSeed: run.task.settings.modelSeed,
      steps: run.task.settings.steps,
      ...Object.fromEntries(rows.map(({ metric }) => [metric, finalNumber(run, metric)])),
      ...(part.table !== null &&
        Object.fromEntries(rows.map((row) => [`${row.metric}Compared`, comparedNumber(part, row, run)]))),
      ...Object.fromEntries(extra.map((metric) => [metric, finalNumber(run, metric)])),
      collapsed: isCollapsed(run) ? 1 : 0,
    }),
  });
}

/**
 * @param beforeEnd the tasks whose compared numbers are those of the evaluation before the end of training
 * @param extra columns that show the last evaluation
 */
function captionOf(
  part: TrainingRuns['part'],
  runs: readonly TrainingRun[],
  beforeEnd: readonly TrainingRun[],
  extra: readonly string[],
): string {
  if (beforeEnd.length === 0) return 'Each task is shown at its last evaluation.';
  const isPrinted = hasPrinted(
    part,
    beforeEnd.map(({ task }) => task),
  );
  const isAll = beforeEnd.length === runs.length;
  const which = isAll ? 'Each task' : 'Each task with released-code random streams';
  const others = isAll ? '' : ' All other tasks are shown at their last evaluation.';
  return (
    `${which} is shown at ${evaluationBeforeEnd(beforeEnd, isPrinted)}.${others} ` +
    `The columns ${extra.join(', ')} and "collapsed" describe the last evaluation.`
  );
}
