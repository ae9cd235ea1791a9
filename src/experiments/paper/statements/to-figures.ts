import type { Drawing } from '../../../report/figures/figure.js';
import type { FigureSet } from '../../../report/figures/make.js';
import { toFigure } from '../../../report/figures/to-figure.js';
import type { StatementText } from './statement.js';

/** A figure of a statement. */
export interface StatementFigure {
  /** Suffix of the name, after that of the statement. Default: none. */
  readonly suffix?: string;
  /** Suffix of the title, after that of the statement. Default: none. */
  readonly subtitle?: string;
  readonly caption: string;
  readonly drawing: Drawing;
}

/** Returns a statement's figures. Those without data become notes. */
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
    notes: titled.filter(isEmpty).map(({ words }) => `${words.title}: there are no data to draw.`),
  };
}
