import { labels } from '../../aggregate/cells.js';
import { isCollapsed } from '../../aggregate/collapse.js';
import { finalNumber, printedStep, type PartRuns } from '../../aggregate/runs.js';
import { formatCount } from '../../units.js';
import { comparedMetric, comparedNumber, isReleased } from './compared.js';
import { cellFields, cellName } from './describe-cell.js';
import { formatNumber } from './format.js';
import { rowsOf } from './means-tables.js';
import type { Table } from './table.js';

/** Every finished run of a part, a row each: a mean of three can hide a collapsed run. */
export function runsTable({ part, runs, missing }: PartRuns): Table {
  const label = labels(part.tasks);
  const rows = rowsOf(part).filter((row) => runs.some((run) => comparedNumber(row, run) !== null));
  const [first] = runs;
  const released = first !== undefined && isReleased(first.task.settings);
  const extra = ['loss', 'kl', 'decoderVariance'].filter((name) =>
    rows.every(({ metric }) => metric !== name),
  );
  return {
    name: `${part.name}-runs`,
    title: `${part.title ?? part.name}: every run`,
    caption: released
      ? `Each run at step ${formatCount(printedStep(first))}, the evaluation that the paper prints; the columns ${extra.join(', ')} at its last.`
      : 'Each run at its last evaluation.',
    head: ['cell', 'run', ...rows.map((row) => row.label), ...extra, 'collapsed'],
    body: runs.map((run) => [
      cellName(part, run.task),
      label(run.task),
      ...rows.map((row) => formatNumber(comparedNumber(row, run))),
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
      ...Object.fromEntries(
        rows.map((row) => [comparedMetric(row, run.task.settings), comparedNumber(row, run)]),
      ),
      ...(released &&
        Object.fromEntries(rows.map(({ metric }) => [`${metric}AtEnd`, finalNumber(run, metric)]))),
      ...Object.fromEntries(extra.map((metric) => [metric, finalNumber(run, metric)])),
      collapsed: isCollapsed(run) ? 1 : 0,
    })),
  };
}
