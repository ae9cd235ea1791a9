import { max, min } from 'simple-statistics';
import { readPoints } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { Cell } from '../../../report/cells.js';
import type { Drawing, FigureDefinition, FigureRow, Panel } from '../../../report/figures/figure.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { cellLabel, panelTitle } from '../../../report/figures/naming.js';
import { COLORS, panelWidth } from '../../../report/figures/theme.js';

const HEIGHT = 200;
const MAX_BINS = 60;
/** Norm of the true points. */
const RADIUS = 1;

type Definition = FigureDefinition<TrainingSettings>;

/** Returns a histogram of the norms of the generated points in the coordinates that are not padding, with one panel per cell. */
export function histogram(about: Pick<Definition, 'name' | 'title' | 'select'>): Definition {
  return {
    ...about,
    caption:
      'Norm of the generated points in the coordinates that are not padding. All true points have norm 1 (dashed).',
    kind: 'points',
    draw,
  };
}

function draw(cells: readonly Cell<TrainingSettings>[]): Drawing {
  const rows = cells.flatMap((cell) => normRows(cell, cellLabel(cells, cell)));
  const norms = rows.map(({ norm }) => norm);
  const extent: [number, number] = [Math.min(RADIUS, min(norms)), Math.max(RADIUS, max(norms))];
  const panels = splitIntoRows(cells, 2);
  const width = panelWidth(2);
  return {
    rows,
    panels: panels.map((row) =>
      row.map((cell) => panel(cellLabel(cells, cell), panelTitle(cells, cell), extent, width)),
    ),
    axes: 'shared',
    notes: [],
  };
}

interface NormRow extends FigureRow {
  readonly panel: string;
  readonly norm: number;
}

function normRows({ runs: [run], settings }: Cell<TrainingSettings>, panel: string): NormRow[] {
  if (run === undefined) return [];
  const coordinates = settings.intrinsicDim + 1;
  return readPoints(run).generated.map((point) => ({
    panel,
    norm: Math.hypot(...point.slice(0, coordinates)),
  }));
}

function panel(name: string, title: string, extent: [number, number], width: number): Panel {
  return {
    title,
    width,
    height: HEIGHT,
    transform: [
      { filter: { field: 'panel', equal: name } },
      { bin: { extent, maxbins: MAX_BINS }, field: 'norm', as: ['low', 'high'] },
    ],
    layer: [
      {
        mark: { type: 'bar', color: COLORS[0], binSpacing: 0.5 },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative',
            bin: 'binned',
            title: 'norm of the generated point',
            axis: { grid: false, tickCount: 6 },
          },
          x2: { field: 'high' },
          y: { aggregate: 'count', title: 'points', axis: { tickCount: 5 } },
        },
      },
      {
        // A single row, because otherwise there would be one rule for each point.
        data: { values: [{}] },
        mark: { type: 'rule', color: COLORS[1], strokeWidth: 1.5, strokeDash: [5, 3] },
        encoding: { x: { datum: RADIUS } },
      },
    ],
  };
}
