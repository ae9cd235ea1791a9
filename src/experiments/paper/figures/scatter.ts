import { readDataParameters, readPoints, type TrainingRun } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { Cell } from '../../../report/cells.js';
import type { Drawing, FigureDefinition, FigureRow, Panel } from '../../../report/figures/figure.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { cellLabel, panelTitle } from '../../../report/figures/naming.js';
import { COLORS, panelWidth } from '../../../report/figures/theme.js';
import { subscript } from '../../../report/figures/typography.js';

const HEIGHT = 230;
const GENERATED = 'generated';
const REAL = 'true data';
/** Name of the panel in a figure that has only one. */
const RUN = 'run';

type Definition = FigureDefinition<TrainingSettings>;

/** Returns a scatter plot of generated over true points of sigmoid data, along a* and the sigmoid's coordinate, one panel per cell. */
export function scatter(about: Pick<Definition, 'name' | 'title' | 'select'>): Definition {
  return {
    ...about,
    caption: 'Generated points over true points, which lie on the sigmoid.',
    kind: 'points',
    draw,
  };
}

function draw(cells: readonly Cell<TrainingSettings>[]): Drawing {
  const grid = splitIntoRows(cells, 2);
  const width = panelWidth(2);
  return {
    rows: cells.flatMap((cell) => pointRows(cell, cellLabel(cells, cell))),
    panels: grid.map((row) =>
      row.map((cell) =>
        panel(cellLabel(cells, cell), panelTitle(cells, cell), sigmoidAxes(cell.settings), width),
      ),
    ),
    axes: 'shared',
    notes: [],
  };
}

/**
 * Returns a scatter plot of the generated over the true points of one task. Sigmoid data are drawn as in `scatter`, other data in their
 * first two coordinates.
 */
export function scatterOfRun(run: TrainingRun): Drawing {
  const { settings } = run.task;
  const isSigmoid = settings.experiment === 'sigmoid';
  const direction = isSigmoid ? directionOf(run) : unitVector;
  const axes = isSigmoid ? sigmoidAxes(settings) : PLAIN_AXES;
  const coordinate = isSigmoid ? settings.intrinsicDim : 1;
  // Spheres should look round.
  const width = isSigmoid ? panelWidth(2) : HEIGHT;
  return {
    rows: direction === undefined ? [] : rowsOf(run, RUN, direction, coordinate),
    panels: [[panel(RUN, '', axes, width)]],
    notes: [],
  };
}

function pointRows({ runs: [run], settings }: Cell<TrainingSettings>, panel: string): FigureRow[] {
  const direction = run && directionOf(run);
  if (run === undefined || direction === undefined) return [];
  return rowsOf(run, panel, direction, settings.intrinsicDim);
}

/** Returns the points, projected onto a direction and onto the coordinate with this index. */
function rowsOf(
  run: TrainingRun,
  panel: string,
  direction: readonly number[],
  coordinate: number,
): FigureRow[] {
  const toRow = (points: string) => (point: readonly number[]) => ({
    panel,
    points,
    projection: direction.reduce((sum, value, index) => sum + value * (point[index] ?? NaN), 0),
    coordinate: point[coordinate] ?? null,
  });
  const { generated, real } = readPoints(run);
  return [...real.map(toRow(REAL)), ...generated.map(toRow(GENERATED))];
}

const unitVector = [1] as const;

function directionOf(run: TrainingRun): number[] | undefined {
  const parameters = readDataParameters(run);
  return parameters === null ? undefined : [...parameters.values];
}

interface Axes {
  readonly x: string;
  readonly y: string;
}

const PLAIN_AXES: Axes = { x: 'x₁', y: 'x₂' };

function sigmoidAxes({ intrinsicDim }: { readonly intrinsicDim: number }): Axes {
  return { x: `a* · (x₁, …, x${subscript(intrinsicDim)})`, y: `x${subscript(intrinsicDim + 1)}` };
}

function panel(name: string, title: string, axes: Axes, width: number): Panel {
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
        title: axes.x,
        axis: { grid: false, tickCount: 8 },
      },
      y: {
        field: 'coordinate',
        type: 'quantitative',
        title: axes.y,
        axis: { tickCount: 6 },
      },
      color: {
        field: 'points',
        type: 'nominal',
        title: null,
        scale: { domain, range: [COLORS[1], COLORS[6]] },
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
