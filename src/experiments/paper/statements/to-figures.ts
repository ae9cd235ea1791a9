import type { Drawing, Figure } from '../../../report/figures/figure.js';
import type { FigureSet } from '../../../report/figures/make.js';
import { toFigure } from '../../../report/figures/to-figure.js';

interface Drawn extends Pick<Figure, 'name' | 'title' | 'caption'> {
  readonly drawing: Drawing;
}

/** The drawings as figures; those without anything to draw are notes. */
export function toFigures(all: readonly Drawn[]): FigureSet {
  const isEmpty = ({ drawing }: Drawn) => drawing.rows.length === 0;
  return {
    figures: all
      .filter((drawn) => !isEmpty(drawn))
      .map(({ name, title, caption, drawing }) =>
        toFigure({ name, title, caption: [caption, ...drawing.notes].join(' ') }, drawing),
      ),
    notes: all.filter(isEmpty).map(({ title }) => `${title}: the runs have nothing to draw.`),
  };
}
