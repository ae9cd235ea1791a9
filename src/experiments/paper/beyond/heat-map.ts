import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { panelWidth } from '../../../report/figures/theme.js';
import type { TrainingCell } from './hypothesis.js';
import { byLevel, levelsOf, type Factor } from './levels.js';
import { countText, shareOfCells } from '../tables/collapse-share.js';

const CELL_HEIGHT = 34;
/** Above this share the text of a cell is white. */
const DARK = 0.55;

interface Axes {
  readonly x: Factor;
  readonly y: Factor;
  /** The factor with one panel per level. Default: a single panel. */
  readonly panel?: Factor;
}

const ONE_PANEL: Factor = { title: '', levelOf: () => '' };

/** Draws the share of collapsed tasks by two factors as colors, with their numbers. */
export function collapseMap(cells: readonly TrainingCell[], { x, y, panel = ONE_PANEL }: Axes): Drawing {
  const panels = byLevel(cells, panel);
  const [columns, lines] = [levelsOf(cells, x), levelsOf(cells, y)];
  const width = panelWidth(panels.length);
  return {
    rows: panels.flatMap(({ level, cells }) =>
      byLevel(cells, x).flatMap((column) =>
        byLevel(column.cells, y).map((place): FigureRow => {
          const share = shareOfCells(place.cells);
          return { panel: String(level), x: column.level, y: place.level, ...share, text: countText(share) };
        }),
      ),
    ),
    panels: [
      panels.map(({ level }) =>
        mapPanel({
          name: String(level),
          title: panel.title === '' ? '' : `${panel.title} ${level}`,
          x: { title: x.title, domain: columns },
          // The first level of an ordinal axis is on top.
          y: { title: y.title, domain: [...lines].reverse() },
          width,
        }),
      ),
    ],
    notes: [],
  };
}

interface MapAxis {
  readonly title: string;
  readonly domain: readonly (string | number)[];
}

interface MapPanel {
  readonly name: string;
  readonly title: string;
  readonly x: MapAxis;
  readonly y: MapAxis;
  readonly width: number;
}

function mapPanel({ name, title, x, y, width }: MapPanel): Panel {
  const axis = ({ title, domain }: MapAxis) => ({
    type: 'ordinal' as const,
    title,
    scale: { domain: [...domain] },
    axis: { labelAngle: 0, grid: false },
  });
  return {
    title,
    width,
    height: CELL_HEIGHT * y.domain.length,
    transform: [{ filter: { field: 'panel', equal: name } }],
    encoding: { x: { field: 'x', ...axis(x) }, y: { field: 'y', ...axis(y) } },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white' },
        encoding: {
          color: {
            field: 'share',
            type: 'quantitative',
            title: 'share of collapsed tasks',
            scale: { domain: [0, 1], scheme: 'blues' },
            legend: { orient: 'bottom', gradientLength: 160, tickCount: 3 },
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          text: { field: 'text', type: 'nominal' },
          color: { condition: { test: `datum.share > ${DARK}`, value: 'white' }, value: '#222' },
        },
      },
    ],
  };
}
