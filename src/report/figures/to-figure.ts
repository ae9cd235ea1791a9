import type { Drawing, Figure } from './figure.js';
import { theme } from './theme.js';

/** Combines a drawing with its texts to a figure with a complete Vega-Lite specification. */
export function toFigure(
  { name, title, caption }: Pick<Figure, 'name' | 'title' | 'caption'>,
  drawing: Drawing,
): Figure {
  return { name, title, caption, rows: drawing.rows, spec: toSpec(name, `${title}. ${caption}`, drawing) };
}

/** Scales that panels with their own legends do not share. */
const OWN_LEGEND = {
  color: 'independent',
  shape: 'independent',
  strokeDash: 'independent',
  xOffset: 'independent',
} as const;

function toSpec(name: string, description: string, { panels, axes, legend }: Drawing): Figure['spec'] {
  const scale = axes === 'shared' ? ({ x: 'shared', y: 'shared' } as const) : {};
  const between = legend === undefined ? {} : OWN_LEGEND;
  const within = legend === 'per panel' ? OWN_LEGEND : {};
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    data: { url: `${name}.csv` },
    config: theme,
    resolve: { scale: { ...scale, ...between } },
    vconcat: panels.map((row) => ({ hconcat: [...row], resolve: { scale: { ...scale, ...within } } })),
  };
}
