import { experimentOfPart, type SweepPart } from '../../sweep/load.js';
import type { LogColumn } from '../../task/column.js';
import { cellSettings, settingText } from '../../task/settings.js';
import type { Cell } from '../cells.js';
import { titleOf } from '../column-titles.js';
import { formatNumber } from '../tables/format.js';
import type { Drawing, FigureDefinition, FigureRow } from './figure.js';
import { mapPanel } from './map-panel.js';
import { splitIntoRows } from './layout.js';
import { labelOf } from './naming.js';
import { panelWidth } from './theme.js';
import { typeset } from './typography.js';

/** More metrics and more combinations of the other settings are hard to read. */
const MAX_METRICS = 6;
const MAX_COMBINATIONS = 6;
/** The number of values on the axes that leave room for the numbers in the cells. */
const MAX_COLUMNS = 6;
const MAX_LINES = 24;
/** With up to this many columns, three maps fit side by side, and otherwise two. */
const FEW_COLUMNS = 4;

/** A grid's settings on the axes of its maps. */
interface Axes {
  readonly x: string;
  readonly y: string;
  /** The settings that vary between the rows of panels. */
  readonly others: readonly string[];
}

/** Returns the figure of a grid's final metrics by two settings; empty if fewer than two settings vary, or if they have too many values. */
export function settingMaps(part: SweepPart): FigureDefinition[] {
  const axes = axesOf(part);
  if (axes === null) return [];
  return [
    {
      name: `${part.name}-maps`,
      title: `${part.title ?? part.name}: final values by setting`,
      caption:
        'Each cell is the mean over the finished tasks that differ only in their seeds. Darker is larger.',
      kind: 'summary',
      select: (cells) => cells.filter((cell) => cell.part.name === part.name),
      draw: (cells) => drawMaps(cells, axes),
    },
  ];
}

/** The setting with the most values that fits is on the x axis. */
function axesOf(part: SweepPart): Axes | null {
  if (part.space.length > 0) return null;
  const names = cellSettings(experimentOfPart(part), part.varying);
  const counts = names
    .map((name) => ({
      name,
      count: new Set(part.tasks.map(({ settings }) => settingText(settings, name))).size,
    }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count);
  const [first, second] = counts;
  if (first === undefined || second === undefined) return null;
  const [x, y] = first.count <= MAX_COLUMNS ? [first, second] : [second, first];
  if (x.count > MAX_COLUMNS || y.count > MAX_LINES) return null;
  const others = counts.map(({ name }) => name).filter((name) => name !== x.name && name !== y.name);
  return { x: x.name, y: y.name, others };
}

function drawMaps(cells: readonly Cell[], { x, y, others }: Axes): Drawing {
  const columns = (cells[0]?.columns ?? []).filter((column) => isVarying(cells, column));
  const panelOf = ({ settings }: Cell) => labelOf(others, settings);
  const panels = [...new Set(cells.map(panelOf))];
  const domainOf = (name: string) => [...new Set(cells.map((cell) => levelOf(cell, name)))];
  const axis = (name: string) => ({ title: name, domain: domainOf(name) });
  const perRow = domainOf(x).length <= FEW_COLUMNS ? 3 : 2;
  const metrics = columns.slice(0, panels.length === 1 ? MAX_METRICS : perRow);
  const shown = cells.filter((cell) => panels.indexOf(panelOf(cell)) < MAX_COMBINATIONS);
  const rows = metrics.flatMap(({ name }) =>
    shown.flatMap((cell): FigureRow[] => {
      const mean = cell.metrics.get(name)?.mean;
      return mean === undefined
        ? []
        : [
            {
              panel: panelOf(cell),
              metric: name,
              x: levelOf(cell, x),
              y: levelOf(cell, y),
              mean,
              tasks: cell.runs.length,
              text: formatNumber(mean),
            },
          ];
    }),
  );
  return {
    rows,
    panels: panels.slice(0, MAX_COMBINATIONS).flatMap((panel) =>
      splitIntoRows(metrics, perRow).map((row) =>
        row.map((metric) =>
          mapPanel({
            rows: { panel, metric: metric.name },
            title: panel,
            x: axis(x),
            y: axis(y),
            width: panelWidth(Math.min(perRow, metrics.length)),
            color: { field: 'mean', title: titleOf(metric), ...colorsOf(rows, metric) },
            text: 'text',
          }),
        ),
      ),
    ),
    legend: 'per panel',
    notes: [
      ...left(columns.length - metrics.length, 'metric is', 'metrics are', 'see the table'),
      ...left(
        panels.length - MAX_COMBINATIONS,
        'combination is',
        'combinations are',
        'select some with --only',
      ),
    ],
  };
}

function isVarying(cells: readonly Cell[], { name }: LogColumn): boolean {
  const means = cells.flatMap(({ metrics }) => metrics.get(name)?.mean ?? []);
  return new Set(means).size > 1;
}

/** All panels of a metric have the same colors. */
function colorsOf(rows: readonly FigureRow[], { name, isLog = false }: LogColumn) {
  const values = rows.filter(({ metric }) => metric === name).map(({ mean }) => Number(mean));
  const domain: [number, number] = [Math.min(...values), Math.max(...values)];
  return { domain, isLog };
}

function levelOf({ settings }: Cell, name: string): string {
  return typeset(settingText(settings, name));
}

function left(count: number, singular: string, plural: string, where: string): string[] {
  return count > 0 ? [`${count} more ${count === 1 ? singular : plural} not drawn: ${where}.`] : [];
}
