import type { Config, TopLevelSpec } from 'vega-lite';
import type { Run } from '../report/runs.js';
import { renderSvg } from '../report/figures/render.js';
import { scatterOfRun } from '../experiments/paper/figures/scatter.js';
import { toFigure } from '../report/figures/to-figure.js';

const ABOUT = { name: 'points', title: 'Generated points', caption: 'They lie over true ones.' } as const;
const DARK_INK = '#d8dee6';
const DARK: Config = {
  background: 'transparent',
  axis: {
    domainColor: '#7d8794',
    tickColor: '#7d8794',
    gridColor: '#2b323b',
    labelColor: DARK_INK,
    titleColor: DARK_INK,
  },
  title: { color: DARK_INK },
  legend: { labelColor: DARK_INK },
};
const LIGHT: Config = { background: 'transparent' };
/** Of the true points, which are black on white. */
const DARK_TRUE_POINTS = '#f2f4f7';

/** The generated points of a finished run over the true ones, as an SVG; null where it has none to draw. */
export async function pointsSvg(run: Run, isDark: boolean): Promise<string | null> {
  const drawing = scatterOfRun(run);
  if (drawing.rows.length === 0) return null;
  const figure = toFigure(ABOUT, drawing);
  const svg = await renderSvg({ ...figure, spec: inTheme(figure.spec, isDark) });
  return isDark ? svg.replaceAll('#000000', DARK_TRUE_POINTS) : svg;
}

function inTheme(spec: TopLevelSpec, isDark: boolean): TopLevelSpec {
  const { config = {} } = spec;
  const own = isDark ? DARK : LIGHT;
  return {
    ...spec,
    config: {
      ...config,
      ...own,
      axis: { ...config.axis, ...own.axis },
      title: { ...config.title, ...own.title },
      legend: { ...config.legend, ...own.legend },
    },
  };
}
