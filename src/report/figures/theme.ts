import type { Config } from 'vega-lite';

/** Of the shipped font; the others stand in where an SVG is opened without it. */
const FONT = 'Inter, Helvetica, Arial, sans-serif';

/** Okabe and Ito's colours, told apart with any colour vision and in grey, without the yellow, which print loses. */
export const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const;
const DASHES = [[], [6, 2], [2, 2], [8, 2, 2, 2], [4, 4], [10, 3]] as const;
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'] as const;

/** Width of a figure with its axes, in pixels of the SVG. */
const FIGURE_WIDTH = 900;
/** Room for a panel's y axis, its labels and title; pinned, so that panels align. */
const AXIS_ROOM = 62;
const LABEL_ROOM = 38;
const SPACING = 18;

export const theme: Config = {
  font: FONT,
  background: 'white',
  padding: 8,
  view: { stroke: null },
  // A label for each of thousands of points would be most of the SVG; the figure has a caption.
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

/** Width of the plot of each of so many panels in a row; one alone takes half of it. */
export function panelWidth(panels: number): number {
  const columns = Math.max(2, panels);
  return Math.floor((FIGURE_WIDTH - (columns - 1) * SPACING) / columns - AXIS_ROOM);
}

/** A colour for each of the names, in order; they begin again where they end. So do dashes and shapes, at other places. */
export function colourScale(names: readonly string[]) {
  return scaleOf(names, COLOURS);
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
