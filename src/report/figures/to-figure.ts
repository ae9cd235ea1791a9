import type { Drawing, Figure } from './figure.js';
import { theme } from './theme.js';

/** The drawing with all that its files need. */
export function toFigure(
  { name, title, caption }: Pick<Figure, 'name' | 'title' | 'caption'>,
  drawing: Drawing,
): Figure {
  return { name, title, caption, rows: drawing.rows, spec: toSpec(name, `${title}. ${caption}`, drawing) };
}

function toSpec(name: string, description: string, { panels, axes, legend }: Drawing): Figure['spec'] {
  const scale = axes === 'shared' ? ({ x: 'shared', y: 'shared' } as const) : {};
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    data: { url: `${name}.csv` },
    config: theme,
    resolve: {
      scale: {
        ...scale,
        ...(legend === 'one a row'
          ? { color: 'independent', shape: 'independent', strokeDash: 'independent', xOffset: 'independent' }
          : {}),
      },
    },
    vconcat: panels.map((row) => ({ hconcat: [...row], resolve: { scale } })),
  };
}
