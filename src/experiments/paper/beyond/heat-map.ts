import type { Drawing, FigureRow } from '../../../report/figures/figure.js';
import { mapPanel } from '../../../report/figures/map-panel.js';
import { panelWidth } from '../../../report/figures/theme.js';
import type { TrainingCell } from './hypothesis.js';
import { byLevel, levelsOf, type Factor } from './levels.js';
import { countText, shareOfCells } from '../tables/collapse-share.js';

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
          rows: { panel: String(level) },
          title: panel.title === '' ? '' : `${panel.title} ${level}`,
          x: { title: x.title, domain: columns },
          // The first level of an ordinal axis is on top.
          y: { title: y.title, domain: [...lines].reverse() },
          width,
          color: { field: 'share', title: 'share of collapsed tasks', domain: [0, 1] },
          text: 'text',
        }),
      ),
    ],
    notes: [],
  };
}
