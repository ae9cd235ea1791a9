import type { TopLevelSpec } from 'vega-lite';
import type { Cell } from '../cells.js';
import type { Settings } from '../../task/task.js';

/** One observation behind a figure. All rows of a figure have the same keys. */
export type FigureRow = Readonly<Record<string, string | number | null>>;

/** A figure as data: the table first, then how it is drawn. */
export interface Figure {
  /** Of its files, unique in a report, as `figure-1a`. */
  readonly name: string;
  readonly title: string;
  /** What it shows, and which runs are missing. */
  readonly caption: string;
  readonly rows: readonly FigureRow[];
  /** Vega-Lite; its data are in `<name>.csv`, beside it. */
  readonly spec: TopLevelSpec;
}

/** A figure that can be made of any sweep that has its cells. */
export interface FigureDefinition<Own extends Settings = Settings> {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** Points are of one run of each cell; curves and summaries show all. */
  readonly kind: 'points' | 'curves' | 'summary';
  /** What it shows of a sweep, in its order; nothing if the sweep is about something else. */
  select(cells: readonly Cell[]): readonly Cell<Own>[];
  /** Draws cells that each have a finished run. No rows: their logs have nothing to draw. */
  draw(cells: readonly Cell<Own>[]): Drawing;
}

export interface Drawing {
  readonly rows: readonly FigureRow[];
  /** Panels side by side, row beneath row. */
  readonly panels: readonly (readonly Panel[])[];
  /** Default: each panel has axes of its own. */
  readonly axes?: 'shared';
  /** Default: all panels share colours and the legend. */
  readonly legend?: 'one a row' | 'one a panel';
  /** What of the cells is not in the picture. */
  readonly notes: readonly string[];
}

/** A Vega-Lite view that takes its data from the figure. */
export type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];
