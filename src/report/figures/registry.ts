import type { SweepPart } from '../../sweep/load.js';
import type { LogColumn } from '../../task/column.js';
import type { ExperimentDetails } from '../../task/experiment.js';
import type { Settings } from '../../task/task.js';
import { toCells, type Cell } from '../cells.js';
import { shownColumns } from '../column-titles.js';
import type { ReportContribution } from '../contribution.js';
import type { PartRuns } from '../runs.js';
import { curves, type CurvesOptions } from './curves.js';
import type { FigureDefinition } from './figure.js';
import { settingMaps } from './maps.js';

/** Maximum number of metrics in a file name. */
const MAX_IN_NAME = 4;

/**
 * Returns the figures of a sweep: those of its experiments, default curves for each part whose curves none of them shows, and maps of
 * the final values for each grid.
 */
export function figuresOf(
  parts: readonly PartRuns[],
  contributions: readonly ReportContribution[],
): FigureDefinition[] {
  const cells = parts.flatMap((part) => toCells({ ...part, runs: [], missing: [] }));
  const own = contributions.flatMap(({ figures = [] }) => figures);
  const matching = own.filter((figure) => figure.select(cells).length > 0);
  const shown = matching.filter(({ kind }) => kind === 'curves').flatMap((figure) => figure.select(cells));
  const others = parts.filter(({ part }) => shown.every((cell) => cell.part !== part));
  return [...matching, ...others.flatMap(defaultCurves), ...parts.flatMap(({ part }) => settingMaps(part))];
}

/** The name ends in `-training` for every experiment, although not all of them train: existing scripts know these file names. */
function defaultCurves({ part, details }: PartRuns): FigureDefinition[] {
  const names = part.tasks.slice(0, 1).map(({ settings }) => details.shown?.(settings).curves);
  return partCurves(part, {
    name: `${part.name}-training`,
    title: `${part.title ?? part.name}: curves`,
    metrics: shownColumns(knownMetrics([{ part, details }]), names[0]),
  });
}

/** Returns the figure of some metrics of a part against the step; empty if its experiment logs none of them. */
export function metricCurves(
  { part, details }: PartRuns,
  metrics: readonly string[],
  isLog: boolean,
): FigureDefinition[] {
  const others = metrics.length - MAX_IN_NAME;
  const named = [...metrics.slice(0, MAX_IN_NAME), ...(others > 0 ? [`and-${others}-more`] : [])];
  return partCurves(part, {
    name: [part.name, ...named, ...(isLog ? ['log'] : [])].join('-'),
    title: `${part.title ?? part.name}: ${metrics.join(', ')}`,
    metrics: shownColumns(knownMetrics([{ part, details }]), metrics),
    isLog,
  });
}

function partCurves(part: SweepPart, options: Omit<CurvesOptions, 'select'>): FigureDefinition[] {
  const select = (cells: readonly Cell[]) => cells.filter((cell) => cell.part.name === part.name);
  return options.metrics.length === 0 ? [] : [curves({ ...options, select })];
}

/** Returns the distinct columns that curves can show. */
export function knownMetrics(parts: readonly Pick<PartRuns, 'part' | 'details'>[]): LogColumn[] {
  const logs = parts.flatMap(({ part, details }) =>
    part.tasks.map(({ settings }) => curveColumns(details, settings)),
  );
  const columns = [...new Set(logs)].flatMap((log) => shownColumns(log));
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function curveColumns(details: ExperimentDetails, settings: Settings): readonly LogColumn[] {
  const { evaluations, rows = [] } = details.logs(settings);
  return evaluations ?? rows;
}
