import type { Drawing } from '../../../report/figures/figure.js';
import type { FigureSet } from '../../../report/figures/make.js';
import { toFigure } from '../../../report/figures/to-figure.js';
import type { StatementText } from './statement.js';

/** A figure of a statement. */
export interface StatementFigure {
  /** What its name and its title have after the statement's. Default: nothing. */
  readonly suffix?: string;
  readonly subtitle?: string;
  readonly caption: string;
  readonly drawing: Drawing;
}

/** A statement's figures; those without anything to draw are notes. */
export function toFigures(
  about: Pick<StatementText, 'name' | 'title'>,
  all: readonly StatementFigure[],
): FigureSet {
  const titled = all.map(({ suffix = '', subtitle = '', caption, drawing }) => ({
    words: {
      name: `${about.name}${suffix}`,
      title: `${about.title}${subtitle}`,
      caption: [caption, ...drawing.notes].join(' '),
    },
    drawing,
  }));
  const isEmpty = ({ drawing }: { readonly drawing: Drawing }) => drawing.rows.length === 0;
  return {
    figures: titled.filter((each) => !isEmpty(each)).map(({ words, drawing }) => toFigure(words, drawing)),
    notes: titled.filter(isEmpty).map(({ words }) => `${words.title}: the runs have nothing to draw.`),
  };
}
