import type { TopLevelSpec } from 'vega-lite';
import type { Cell } from '../cells.js';
import type { Settings } from '../../task/task.js';

/** One observation behind a figure. All rows of a figure have the same keys. */
export type FigureRow = Readonly<Record<string, string | number | null>>;

/** A figure as data: the rows of its table, and how to draw them. */
export interface Figure {
  /** Base name of its files, unique in a report, for example `figure-1a`. */
  readonly name: string;
  readonly title: string;
  /** Says what the figure shows and which tasks are missing. */
  readonly caption: string;
  readonly rows: readonly FigureRow[];
  /** Vega-Lite specification. It loads its data from `<name>.csv` in the same folder. */
  readonly spec: TopLevelSpec;
}

/** A figure that can be drawn for any sweep with matching cells. */
export interface FigureDefinition<Own extends Settings = Settings> {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** Figures of points show one task per cell; curves and summaries show all tasks. */
  readonly kind: 'points' | 'curves' | 'summary';
  /** Returns the cells that the figure shows, in its order; empty if none of the cells match. */
  select(cells: readonly Cell[]): readonly Cell<Own>[];
  /** Draws cells that each have at least one finished task. A drawing without rows says that the logs hold nothing to draw. */
  draw(cells: readonly Cell<Own>[]): Drawing;
}

export interface Drawing {
  readonly rows: readonly FigureRow[];
  /** Rows of panels, from top to bottom. */
  readonly panels: readonly (readonly Panel[])[];
  /** Default: each panel has its own axes. */
  readonly axes?: 'shared';
  /** Default: all panels share colors and the legend. */
  readonly legend?: 'per row' | 'per panel';
  /** Sentences about data that the picture leaves out. */
  readonly notes: readonly string[];
}

/** A Vega-Lite view that takes its data from the figure. */
export type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];
