import type { Coloring } from './coloring.js';

const WIDTH = 220;
const HEIGHT = 12;

/** Shows which colors stand for which numbers. */
export function Legend({
  coloring: { column, scale, statistic },
  isAggregated,
}: {
  coloring: Coloring;
  isAggregated: boolean;
}) {
  const { colors, ticks } = scale;
  const step = WIDTH / colors.length;
  const title = isAggregated ? `${column.title}, ${statistic} of each cell` : column.title;
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
        <rect width={WIDTH} height={HEIGHT} rx={step / 10} fill="url(#scale-colors)" />
      </svg>
      <p class="quiet small" style={{ width: `${WIDTH}px` }}>
        {ticks.map((tick, index) => (
          <span key={index}>{column.format(tick)}</span>
        ))}
      </p>
    </figure>
  );
}
