import { labels } from '../cells.js';
import { isCollapsed } from '../../experiments/vae/collapse.js';
import { finalNumber, type PartRuns, type Run } from '../runs.js';
import { comparedNumber, comparesBeforeEnd } from '../../experiments/paper/tables/compared.js';
import { cellFields, cellName, evaluationBeforeEnd } from './describe-cell.js';
import { formatNumber } from './format.js';
import { hasPrinted, rowsOf } from './means-tables.js';
import type { Table } from './table.js';

/** Returns every finished run of a part, one per row: a mean of three can hide a collapsed run. */
export function runsTable({ part, runs, missing }: PartRuns): Table {
  const label = labels(part.tasks);
  const rows = rowsOf(part).filter((row) => runs.some((run) => comparedNumber(part, row, run) !== null));
  const beforeEnd = runs.filter(({ task }) => comparesBeforeEnd(part, task.settings));
  const extra = ['loss', 'kl', 'decoderVariance'].filter((name) =>
    rows.every(({ metric }) => metric !== name),
  );
  return {
    name: `${part.name}-runs`,
    title: `${part.title ?? part.name}: every run`,
    caption: captionOf(part, runs, beforeEnd, extra),
    head: ['cell', 'run', ...rows.map((row) => row.label), ...extra, 'collapsed'],
    body: runs.map((run) => [
      cellName(part, run.task),
      label(run.task),
      ...rows.map((row) => formatNumber(comparedNumber(part, row, run))),
      ...extra.map((metric) => formatNumber(finalNumber(run, metric))),
      isCollapsed(run) ? 'collapsed' : '',
    ]),
    notes: missing.map(({ task, reason }) => `${cellName(part, task)}, ${label(task)} is missing: ${reason}`),
    records: runs.map((run) => ({
      task: run.task.name,
      ...cellFields(run.task),
      cell: cellName(part, run.task),
      seed: run.task.settings.seed,
      modelSeed: run.task.settings.modelSeed,
      steps: run.task.settings.steps,
      ...Object.fromEntries(rows.map(({ metric }) => [metric, finalNumber(run, metric)])),
      ...(part.table !== null &&
        Object.fromEntries(rows.map((row) => [`${row.metric}Compared`, comparedNumber(part, row, run)]))),
      ...Object.fromEntries(extra.map((metric) => [metric, finalNumber(run, metric)])),
      collapsed: isCollapsed(run) ? 1 : 0,
    })),
  };
}

/**
 * @param beforeEnd the runs whose compared numbers are those of the evaluation before the end of training
 * @param extra columns that show the last evaluation
 */
function captionOf(
  part: PartRuns['part'],
  runs: readonly Run[],
  beforeEnd: readonly Run[],
  extra: readonly string[],
): string {
  if (beforeEnd.length === 0) return 'Each run is shown at its last evaluation.';
  const isPrinted = hasPrinted(
    part,
    beforeEnd.map(({ task }) => task),
  );
  const isAll = beforeEnd.length === runs.length;
  const which = isAll ? 'Each run' : 'Each run with released-code random streams';
  const others = isAll ? '' : ' All other runs are shown at their last evaluation.';
  return (
    `${which} is shown at ${evaluationBeforeEnd(beforeEnd, isPrinted)}.${others} ` +
    `The columns ${extra.join(', ')} and "collapsed" describe the last evaluation.`
  );
}
