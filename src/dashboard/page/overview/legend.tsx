import type { ColorScale } from '../scale.js';
import type { Coloring } from './coloring.js';

const WIDTH = 220;
const HEIGHT = 12;

interface LegendProps {
  readonly coloring: Coloring;
  /** Whether cells have several tasks. */
  readonly isAggregated: boolean;
}

/** Shows which colors of the grid stand for which numbers. */
export function Legend({ coloring: { column, scale, statistic }, isAggregated }: LegendProps) {
  const title = isAggregated ? `${column.title}, ${statistic} of each cell` : column.title;
  return <ScaleBar title={title} scale={scale} format={column.format} />;
}

interface ScaleBarProps {
  readonly title: string;
  readonly scale: ColorScale;
  readonly format: (value: number) => string;
}

export function ScaleBar({ title, scale: { colors, ticks }, format }: ScaleBarProps) {
  return (
    <figure class="scale">
      <figcaption class="small">{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
        <defs>
          <linearGradient id="scale-colors">
            {colors.map((color, index) => (
              <stop key={index} offset={index / (colors.length - 1)} stop-color={color} />
            ))}
          </linearGradient>
        </defs>
        <rect width={WIDTH} height={HEIGHT} fill="url(#scale-colors)" />
      </svg>
      <p class="quiet small" style={{ width: `${WIDTH}px` }}>
        {ticks.map((tick, index) => (
          <span key={index}>{format(tick)}</span>
        ))}
      </p>
    </figure>
  );
}
