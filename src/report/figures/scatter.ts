import { readDataParameters, readPoints } from '../../aggregate/runs.js';
import type { Drawing, FigureCell, FigureDefinition, FigureRow, Panel } from './figure.js';
import { inGrid } from './layout.js';
import { cellLabel, panelTitle } from './naming.js';
import { COLOURS, panelWidth } from './theme.js';
import { subscript } from './typography.js';

const HEIGHT = 230;
const GENERATED = 'generated';
const REAL = 'true data';

/** Generated points of sigmoid data over true ones, along a* and the sigmoid's coordinate, a panel a cell. */
export function scatter(about: Pick<FigureDefinition, 'name' | 'title' | 'select'>): FigureDefinition {
  return {
    ...about,
    caption: 'Generated points over true ones, which lie on the sigmoid.',
    kind: 'points',
    draw,
  };
}

function draw(cells: readonly FigureCell[]): Drawing {
  const grid = inGrid(cells, 2);
  const width = panelWidth(2);
  return {
    rows: cells.flatMap((cell) => pointRows(cell, cellLabel(cells, cell))),
    panels: grid.map((row) =>
      row.map((cell) =>
        panel(cellLabel(cells, cell), panelTitle(cells, cell), cell.cell.settings.intrinsicDim, width),
      ),
    ),
    axes: 'shared',
    notes: [],
  };
}

function pointRows({ cell }: FigureCell, panel: string): FigureRow[] {
  const [run] = cell.runs;
  const direction = run && [...(readDataParameters(run)?.values ?? [])];
  if (run === undefined || direction === undefined) return [];
  const { intrinsicDim } = cell.settings;
  const toRow = (points: string) => (point: readonly number[]) => ({
    panel,
    points,
    projection: direction.reduce((sum, value, index) => sum + value * (point[index] ?? NaN), 0),
    coordinate: point[intrinsicDim] ?? null,
  });
  const { generated, real } = readPoints(run);
  return [...real.map(toRow(REAL)), ...generated.map(toRow(GENERATED))];
}

function panel(name: string, title: string, intrinsicDim: number, width: number): Panel {
  const domain = [GENERATED, REAL];
  return {
    title,
    width,
    height: HEIGHT,
    transform: [{ filter: { field: 'panel', equal: name } }],
    encoding: {
      x: {
        field: 'projection',
        type: 'quantitative',
        title: `a* · (x₁, …, x${subscript(intrinsicDim)})`,
        axis: { grid: false, tickCount: 8 },
      },
      y: {
        field: 'coordinate',
        type: 'quantitative',
        title: `x${subscript(intrinsicDim + 1)}`,
        axis: { tickCount: 6 },
      },
      color: {
        field: 'points',
        type: 'nominal',
        title: null,
        scale: { domain, range: [COLOURS[1], COLOURS[6]] },
        legend: { orient: 'bottom', symbolSize: 40 },
      },
      shape: {
        field: 'points',
        type: 'nominal',
        title: null,
        scale: { domain, range: ['circle', 'diamond'] },
      },
    },
    layer: [
      {
        transform: [{ filter: `datum.points === '${REAL}'` }],
        mark: { type: 'point', filled: true, size: 10, opacity: 1 },
      },
      {
        transform: [{ filter: `datum.points === '${GENERATED}'` }],
        mark: { type: 'point', size: 12, strokeWidth: 0.8, strokeOpacity: 0.8 },
      },
    ],
  };
}
