import { taskStroke } from './colors.js';
import { ScaleBar } from './overview/legend.js';
import type { TaskInfo } from './protocol.js';
import type { Column } from './results.js';
import { colorScale } from './scale.js';

/** More texts have the colors of a scale instead of distinct ones. */
const MAX_COLORS = 7;

/** Returns the colors of tasks by a column, and their legend. */
export function hueOf(column: Column | undefined, infos: readonly TaskInfo[], isDark: boolean) {
  const plain = taskStroke(0, isDark).color;
  if (column === undefined) return { colorOf: () => plain, legend: null };
  if (!column.isNumeric) {
    const texts = (column.texts ?? []).filter((text) => infos.some(({ id }) => column.textOf(id) === text));
    const scale = texts.length > MAX_COLORS ? colorScale('sequential', [0, texts.length - 1]) : null;
    const colors = new Map(
      texts.map((text, index) => [text, scale?.colorOf(index) ?? taskStroke(index, isDark).color]),
    );
    return {
      colorOf: (id: string) => colors.get(column.textOf(id)) ?? plain,
      legend: (
        <ul class="legend" aria-label={`Colors by ${column.title}`}>
          {[...colors].map(([text, color]) => (
            <li key={text}>
              <span class="swatch" aria-hidden="true" style={{ background: color }} />
              {text}
            </li>
          ))}
        </ul>
      ),
    };
  }
  const values = infos.flatMap(({ id }) => column.numberOf(id) ?? []);
  const scale = colorScale(column.isLog ? 'log' : 'sequential', values);
  return {
    colorOf: (id: string) => {
      const value = column.numberOf(id);
      return value === null ? '#888888' : (scale?.colorOf(value) ?? plain);
    },
    legend: scale === null ? null : <ScaleBar title={column.title} scale={scale} format={column.format} />,
  };
}
