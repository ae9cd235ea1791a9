import type { Config } from 'vega-lite';

/** The shipped font, with fallbacks for viewers that do not have it. */
const FONT = 'Inter, Helvetica, Arial, sans-serif';

/** Okabe and Ito's colors, which are distinguishable with any color vision and in grayscale. Yellow is left out: it is faint in print. */
export const COLORS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const;
const DASHES = [[], [6, 2], [2, 2], [8, 2, 2, 2], [4, 4], [10, 3]] as const;
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'] as const;

/** Width of a figure including its axes, in SVG pixels. */
const FIGURE_WIDTH = 900;
/** Fixed room for a panel's y axis, its labels and title, so that panels align. */
const AXIS_ROOM = 62;
const LABEL_ROOM = 38;
const SPACING = 18;

export const theme: Config = {
  font: FONT,
  background: 'white',
  padding: 8,
  view: { stroke: null },
  // Labels for thousands of points would dominate the SVG's size; the figure's caption describes them.
  mark: { aria: false },
  concat: { spacing: SPACING },
  title: { fontSize: 13, fontWeight: 600, anchor: 'start', frame: 'group', offset: 10 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    domainColor: '#444',
    tickColor: '#444',
    gridColor: '#e6e6e6',
    labelColor: '#222',
    titleColor: '#222',
    labelFlush: false,
  },
  axisY: { minExtent: LABEL_ROOM, maxExtent: LABEL_ROOM, titlePadding: 8 },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titleLimit: 0,
    labelLimit: 0,
  },
};

/** Returns the width of each plot in a row of panels. A single panel takes half of the figure's width. */
export function panelWidth(panels: number): number {
  const columns = Math.max(2, panels);
  return Math.floor((FIGURE_WIDTH - (columns - 1) * SPACING) / columns - AXIS_ROOM);
}

/** Assigns colors to names in order and repeats them if there are more names. Dashes and shapes repeat with different periods. */
export function colorScale(names: readonly string[]) {
  return scaleOf(names, COLORS);
}

export function dashScale(names: readonly string[]) {
  return scaleOf(
    names,
    DASHES.map((dash) => [...dash]),
  );
}

export function shapeScale(names: readonly string[]) {
  return scaleOf(names, SHAPES);
}

function scaleOf<T>(names: readonly string[], styles: readonly T[]) {
  return {
    domain: [...names],
    range: names.flatMap((_, index) => styles.slice(index % styles.length).slice(0, 1)),
  };
}
