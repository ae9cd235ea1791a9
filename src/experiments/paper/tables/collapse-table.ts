import { toCells, type Cell } from '../../../report/cells.js';
import { COLLAPSED_KL_NATS, isCollapsed } from '../../vae/collapse.js';
import { series, type Run } from '../../../report/runs.js';
import type { TrainingRuns } from '../../vae/runs.js';
import { formatNumber, MISSING } from '../../../report/tables/format.js';
import type { Table } from '../../../report/tables/table.js';

/** Of the normal distribution, for an interval of 95%. */
const QUANTILE = 1.959963984540054;
/** log D falls from 1 to 0 in this many steps at Adam's pace (learning rate 1e-4); what has not begun by then waits. */
const DECIDED_AFTER_STEPS = 10_000;

/** How often a sphere run collapses, and what happens in such a run. @returns null without finished sphere runs */
export function collapseTable(partRuns: TrainingRuns): Table | null {
  const { part, runs } = partRuns;
  if (part.experiment !== 'sphere' || runs.length === 0) return null;
  const rows = toCells(partRuns)
    .filter((cell) => cell.runs.length > 0)
    .map((cell) => ({ cell, ...countCollapsed(cell) }));
  return {
    name: `${part.name}-collapse`,
    title: `${part.title ?? part.name}: collapsed runs`,
    caption:
      `Runs that end with no encoder variance below 0.5 and a KL below ${COLLAPSED_KL_NATS} nats: their points lie around one place. ` +
      `The interval is Wilson's, 95%. Left: runs that were so at step ${DECIDED_AFTER_STEPS} or after, and ended otherwise. ` +
      "Dead units: hidden units of the decoder's layers that put out 0 for every generated point, mean over runs.",
    head: [
      'cell',
      'collapsed',
      'share',
      '95% interval',
      'left',
      'dead units, collapsed',
      'dead units, others',
    ],
    body: rows.map(({ cell, collapsed, runs: count, share, low, high, left, deadCollapsed, deadOthers }) => [
      cell.name,
      `${collapsed} of ${count}`,
      formatNumber(share),
      `${formatNumber(low)} to ${formatNumber(high)}`,
      String(left),
      formatUnits(deadCollapsed),
      formatUnits(deadOthers),
    ]),
    notes: [],
    records: rows.map(({ cell, deadCollapsed, deadOthers, ...numbers }) => ({
      ...cell.fields,
      cell: cell.name,
      ...numbers,
      deadUnitsCollapsed: deadCollapsed?.join(' ') ?? null,
      deadUnitsOthers: deadOthers?.join(' ') ?? null,
    })),
  };
}

function countCollapsed({ runs }: Cell) {
  const collapsed = runs.filter(isCollapsed);
  const others = runs.filter((run) => !isCollapsed(run));
  return {
    collapsed: collapsed.length,
    runs: runs.length,
    share: collapsed.length / runs.length,
    ...wilsonInterval(collapsed.length, runs.length),
    left: others.filter(wasCollapsedLate).length,
    deadCollapsed: meanDeadUnits(collapsed),
    deadOthers: meanDeadUnits(others),
  };
}

/** Wilson's score interval of a proportion (Wilson 1927, "Probable inference"), 95%. */
export function wilsonInterval(count: number, total: number): { low: number; high: number } {
  const p = count / total;
  const z2 = QUANTILE ** 2 / total;
  const centre = p + z2 / 2;
  const half = QUANTILE * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total));
  // Rounding would leave the ends of none and of all a hair off 0 and 1.
  return {
    low: count === 0 ? 0 : (centre - half) / (1 + z2),
    high: count === total ? 1 : (centre + half) / (1 + z2),
  };
}

/** Whether the KL was near 0 and no variance small at an evaluation after which most runs have begun to use their latents. */
function wasCollapsedLate(run: Run): boolean {
  const small = new Map(series(run, 'encoderSmall').map(({ step, value }) => [step, value]));
  return series(run, 'kl').some(
    ({ step, value }) => step >= DECIDED_AFTER_STEPS && value < COLLAPSED_KL_NATS && small.get(step) === 0,
  );
}

/** By layer; null without runs. */
function meanDeadUnits(runs: readonly Run[]): number[] | null {
  const lists = runs
    .map((run) => run.summary.get('deadDecoderUnits'))
    .filter((value): value is readonly number[] => Array.isArray(value));
  const [first] = lists;
  if (first === undefined) return null;
  return first.map((_, layer) => lists.reduce((sum, list) => sum + (list[layer] ?? 0), 0) / lists.length);
}

function formatUnits(units: readonly number[] | null): string {
  return units === null ? MISSING : units.map(formatNumber).join(', ');
}
