import { finishedCount } from '../../../report/tables/means-tables.js';
import { missingNotes, toCells } from '../../../report/cells.js';
import { metricColumns } from '../../vae/metrics/columns.js';
import { shortTitleOf } from '../../../report/column-titles.js';
import type { Figure } from '../../../report/figures/figure.js';
import { toFigure } from '../../../report/figures/to-figure.js';
import { formatAggregate, formatNumber, MISSING } from '../../../report/tables/format.js';
import type { Table } from '../../../report/tables/table.js';
import { experimentOfPart } from '../../../sweep/load.js';
import { cellSettings, settingText } from '../../../task/settings.js';
import type { TrainingRuns } from '../../vae/runs.js';
import type { Outcome } from '../claims/claim.js';
import type { Hypothesis, TrainingCell, Verdict } from './hypothesis.js';
import { hypotheses } from './registry.js';
import { countText, shareOf } from '../tables/collapse-share.js';

/** A hypothesis with what a part of a sweep says about it. */
export interface Examined {
  readonly hypothesis: Hypothesis;
  /** Name of the part. */
  readonly part: string;
  readonly outcome: Outcome | Verdict;
  /** Sentences, without the last full stop. */
  readonly detail: string;
  /** The share of collapsed tasks and the means by the settings that vary. */
  readonly table: Table;
  /** Null without finished tasks. */
  readonly figure: Figure | null;
}

/** Examines each hypothesis that a part of the sweep is about. */
export function examineHypotheses(parts: readonly TrainingRuns[]): Examined[] {
  return parts.flatMap((part) =>
    hypotheses.filter((each) => each.examines(part.part)).map((hypothesis) => examine(hypothesis, part)),
  );
}

function examine(hypothesis: Hypothesis, part: TrainingRuns): Examined {
  const cells = toCells(part);
  const finished = cells.filter(({ runs }) => runs.length > 0);
  const finding = finished.length === 0 ? null : hypothesis.judge(finished);
  return {
    hypothesis,
    part: part.part.name,
    outcome: outcomeOf(hypothesis, part, finding?.verdict ?? null),
    detail: finding?.detail ?? 'No task has finished',
    table: tableOf(hypothesis, part, cells),
    figure: finished.length === 0 ? null : figureOf(hypothesis, part, finished),
  };
}

function outcomeOf(
  { minDistance }: Hypothesis,
  { part, missing }: TrainingRuns,
  verdict: Verdict | null,
): Outcome | Verdict {
  if (part.tasks.some(({ settings }) => settings.steps * settings.learningRate < minDistance))
    return 'not judged: too few steps';
  return missing.length > 0 || verdict === null ? 'not judged: not enough tasks' : verdict;
}

function figureOf(
  { figure, draw }: Hypothesis,
  { part, missing }: TrainingRuns,
  cells: readonly TrainingCell[],
) {
  const lacking =
    missing.length === 0 ? [] : [`${missing.length} of ${part.tasks.length} tasks are missing.`];
  const drawing = draw(cells);
  return toFigure(
    {
      name: `${part.name}-hypothesis`,
      title: figure.title,
      caption: [figure.caption, ...lacking, ...drawing.notes].join(' '),
    },
    drawing,
  );
}

function tableOf({ metrics }: Hypothesis, { part }: TrainingRuns, cells: readonly TrainingCell[]): Table {
  const settings = cellSettings(experimentOfPart(part), part.varying);
  const columns = metricColumns(metrics);
  const rows = cells.map((cell) => ({ cell, share: shareOf(cell.runs) }));
  return {
    name: `${part.name}-hypothesis`,
    title: `${part.title ?? part.name}: tasks by settings`,
    caption:
      'Collapsed tasks with the 95% interval of their share (Wilson), and mean ± standard deviation over the finished tasks.',
    head: [...settings, 'tasks', 'collapsed', 'share', '95% interval', ...columns.map(shortTitleOf)],
    body: rows.map(({ cell, share }) => [
      ...settings.map((name) => settingText(cell.settings, name)),
      finishedCount(cell),
      ...(share.finished === 0
        ? [MISSING, MISSING, MISSING]
        : [
            countText(share),
            formatNumber(share.share),
            `${formatNumber(share.low)} to ${formatNumber(share.high)}`,
          ]),
      ...columns.map(({ name }) => formatAggregate(cell.metrics.get(name))),
    ]),
    notes: cells.flatMap((cell) => missingNotes(cell.name, cell)),
    records: rows.map(({ cell, share }) => ({
      ...cell.fields,
      ...Object.fromEntries(settings.map((name) => [name, settingText(cell.settings, name)])),
      cell: cell.name,
      runsAsked: cell.tasks.length,
      runsFinished: share.finished,
      collapsed: share.collapsed,
      share: share.finished === 0 ? null : share.share,
      low: share.low,
      high: share.high,
      ...Object.fromEntries(columns.map(({ name }) => [name, cell.metrics.get(name)?.mean ?? null])),
    })),
  };
}
