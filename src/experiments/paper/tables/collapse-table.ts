import { toCells, type Cell } from '../../../report/cells.js';
import { COLLAPSED_KL_NATS, isCollapsed } from '../../vae/collapse.js';
import { series, type Run } from '../../../report/runs.js';
import type { TrainingRuns } from '../../vae/runs.js';
import { formatNumber, MISSING } from '../../../report/tables/format.js';
import { shareOf } from './collapse-share.js';
import type { Table } from '../../../report/tables/table.js';
import { formatCount } from '../../../units.js';

/** With a learning rate of 1e-4, Adam can move log D from 1 to 0 in this many steps. A task that is still collapsed after that is not merely slow. */
const DECIDED_AFTER_STEPS = 10_000;

/** Returns a table of how often sphere tasks collapse, and of their dead units. @returns null without finished sphere tasks */
export function collapseTable(partRuns: TrainingRuns): Table | null {
  const { part, runs } = partRuns;
  // Tasks that differ in rounding only are not independent, so the intervals would be too narrow.
  if (part.experiment !== 'sphere' || runs.length === 0 || part.varying.includes('roundingSeed')) return null;
  const rows = toCells(partRuns)
    .filter((cell) => cell.runs.length > 0)
    .map((cell) => ({ cell, ...countCollapsed(cell) }));
  return {
    name: `${part.name}-collapse`,
    title: `${part.title ?? part.name}: collapsed tasks`,
    caption:
      `Tasks that end with no encoder variance below 0.5 and a KL below ${COLLAPSED_KL_NATS} nats, so that their points lie around a ` +
      `single point. The interval is Wilson's 95% interval. Recovered: tasks that were collapsed at step ${formatCount(DECIDED_AFTER_STEPS)} ` +
      'or later but not at the end. Dead units: hidden units per layer of the decoder that output 0 for every generated point, mean over tasks.',
    head: [
      'cell',
      'collapsed',
      'share',
      '95% interval',
      'recovered',
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
  const { collapsed: count, finished, share, low, high } = shareOf(runs);
  return {
    ...{ collapsed: count, runs: finished, share, low, high },
    left: others.filter(wasCollapsedLate).length,
    deadCollapsed: meanDeadUnits(collapsed),
    deadOthers: meanDeadUnits(others),
  };
}

/** Whether the task was collapsed at an evaluation by which most tasks have started to use their latents. */
function wasCollapsedLate(run: Run): boolean {
  const small = new Map(series(run, 'encoderSmall').map(({ step, value }) => [step, value]));
  return series(run, 'kl').some(
    ({ step, value }) => step >= DECIDED_AFTER_STEPS && value < COLLAPSED_KL_NATS && small.get(step) === 0,
  );
}

/** Returns the mean number of dead units per layer; null without tasks. */
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
