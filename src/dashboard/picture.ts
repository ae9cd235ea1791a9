import type { Config, TopLevelSpec } from 'vega-lite';
import { requirePackages } from '../input/optional-packages.js';
import { contributionOf, loadContributions } from '../report/contribution.js';
import type { Run } from '../report/runs.js';
import { toFigure } from '../report/figures/to-figure.js';

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
/** The color of marks on a dark page that are black on a white one. */
const DARK_BLACK = '#f2f4f7';

/** Returns the experiment's picture of a finished task as an SVG; null if there is nothing to draw. */
export async function pictureSvg(run: Run, isDark: boolean): Promise<string | null> {
  const { picture } = contributionOf(await loadContributions(), run.task) ?? {};
  const drawing = picture?.draw(run);
  if (picture === undefined || drawing === undefined || drawing.rows.length === 0) return null;
  requirePackages('figures', 'the picture of a task');
  const { renderSvg } = await import('../report/figures/render.js');
  const figure = toFigure({ name: 'picture', title: picture.title, caption: picture.caption }, drawing);
  const svg = await renderSvg({ ...figure, spec: applyTheme(figure.spec, isDark) });
  return isDark ? svg.replaceAll('#000000', DARK_BLACK) : svg;
}

function applyTheme(spec: TopLevelSpec, isDark: boolean): TopLevelSpec {
  const { config = {} } = spec;
  const theme = isDark ? DARK : LIGHT;
  return {
    ...spec,
    config: {
      ...config,
      ...theme,
      axis: { ...config.axis, ...theme.axis },
      title: { ...config.title, ...theme.title },
      legend: { ...config.legend, ...theme.legend },
    },
  };
}
