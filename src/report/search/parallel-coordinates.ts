import type { Goal } from '../../search/halving.js';
import type { LogColumn } from '../../task/column.js';
import { titleOf } from '../column-titles.js';
import type { Figure, FigureRow, Panel } from '../figures/figure.js';
import { tightLogAxis } from '../figures/log-axis.js';
import { toFigure } from '../figures/to-figure.js';
import { formatNumber } from '../tables/format.js';
import {
  beyondNotes,
  metricAxis,
  positionOn,
  settingAxis,
  valueText,
  type NumberAxis,
  type SettingAxis,
} from './axes.js';
import { bestFirst, type Comparison, type Point } from './compared.js';
import { activeValue, type SearchedSetting } from './searched-settings.js';

/** Width between the first and the last axis, which leaves room for labels and the legend. */
const WIDTH = 690;
const HEIGHT = 280;
const MAX_SETTINGS = 9;
const MAX_LABELS = 12;
/** The place of points without the setting, below the axis. */
const INACTIVE = { text: 'inactive', position: -0.12 };
/** The best points have thick lines. */
const THICK = 5;

/** Draws each point as a line through its settings and its metric, colored by the metric, the best on top. */
export function parallelCoordinates(
  comparison: Comparison,
  settings: readonly SearchedSetting[],
  column: LogColumn,
): Figure {
  const { part, metric, goal, search } = comparison;
  // Only points of the same rung have comparable metrics.
  const compared = { ...comparison, points: comparison.unselected };
  const metricScale = metricAxis(compared, column);
  const shown = settings.slice(0, MAX_SETTINGS);
  const left = settings.length - shown.length;
  const axes = [
    ...shown.map((setting) => ({ name: setting.name, axis: settingAxis(compared, setting) })),
    { name: titleOf(column), axis: metricScale },
  ];
  const rows = rowsOf(compared, axes, titleOf(column));
  const place = search?.method === 'halving' ? ` in ${search.stages[0]?.name ?? ''}` : '';
  const caption = [
    `One line per point, colored by ${metric}. Darker lines are better; the best ${THICK} are thick, and better lines are on top.`,
    ...(left > 0 ? [`${left} less important settings are not drawn.`] : []),
    ...beyondNotes(compared, metricScale),
  ].join(' ');
  return toFigure(
    {
      name: `${part.name}-parallel`,
      title: `Settings of ${part.title ?? part.name} and ${metric}${place}`,
      caption,
    },
    { rows, panels: [[panel(axes, metricScale, inactiveLabels(axes, rows), goal)]], notes: [] },
  );
}

/** Returns labels for the axes of settings that some points do not have. */
function inactiveLabels(axes: readonly NamedAxis[], rows: readonly FigureRow[]) {
  return axes
    .filter(({ name }) => rows.some((row) => row['axis'] === name && row['position'] === INACTIVE.position))
    .map(({ name }) => ({ axis: name, ...INACTIVE }));
}

function panel(
  axes: readonly NamedAxis[],
  metricScale: NumberAxis,
  inactive: ReturnType<typeof inactiveLabels>,
  goal: Goal,
): Panel {
  const names = axes.map(({ name }) => name);
  const labels = [...axes.flatMap(({ name, axis }) => axisLabels(name, axis)), ...inactive];
  const x = {
    field: 'axis',
    type: 'ordinal' as const,
    title: '',
    scale: { type: 'point' as const, domain: names, padding: 0 },
    axis: {
      orient: 'top' as const,
      labelAngle: 0,
      labelFontSize: 12,
      domain: false,
      ticks: false,
      labelPadding: 8,
    },
  };
  const y = {
    field: 'position',
    type: 'quantitative' as const,
    axis: null,
    scale: { domain: [inactive.length > 0 ? INACTIVE.position : 0, 1] },
  };
  const { scale, axis: legendTicks } = metricScale.isLog
    ? tightLogAxis([metricScale.low, metricScale.high], 0)
    : { scale: { domain: [metricScale.low, metricScale.high] }, axis: {} };
  const text = { type: 'text', align: 'left', dx: 5, fontSize: 11, color: '#222' } as const;
  const isThick = `datum.place <= ${THICK}`;
  return {
    width: WIDTH,
    height: HEIGHT,
    encoding: { x, y },
    layer: [
      {
        mark: { type: 'line', strokeCap: 'round', strokeJoin: 'round' },
        encoding: {
          detail: { field: 'task', type: 'nominal' },
          color: {
            field: 'mean',
            type: 'quantitative',
            title: names.at(-1) ?? '',
            scale: { ...scale, scheme: 'viridis', reverse: goal === 'max', clamp: true },
            legend: { orient: 'right', gradientLength: HEIGHT - 40, ...legendTicks },
          },
          strokeWidth: { condition: { test: isThick, value: 2.6 }, value: 1 },
          strokeOpacity: { condition: { test: isThick, value: 1 }, value: 0.55 },
        },
      },
      {
        data: { values: names.map((axis) => ({ axis, position: 0, end: 1 })) },
        mark: { type: 'rule', color: '#444' },
        encoding: { y2: { field: 'end' } },
      },
      // The outline keeps the labels readable over lines.
      ...[{ ...text, stroke: 'white', strokeWidth: 3 }, text].map((mark) => ({
        data: { values: labels },
        mark,
        encoding: { text: { field: 'text', type: 'nominal' as const } },
      })),
    ],
  };
}

interface NamedAxis {
  readonly name: string;
  readonly axis: SettingAxis;
}

/** Returns a row per point and axis. The last axis is that of the metric. */
function rowsOf(comparison: Comparison, axes: readonly NamedAxis[], metricTitle: string): FigureRow[] {
  return bestFirst(comparison.goal, comparison.points)
    .map((point, i) => ({ point, place: i + 1 }))
    .reverse()
    .flatMap(({ point, place }) =>
      axes.map(({ name, axis }) => ({
        task: point.task.name,
        place,
        mean: point.mean,
        axis: name,
        ...(name === metricTitle && axis.kind === 'numbers'
          ? { text: formatNumber(point.mean), position: positionOn(axis, point.mean) }
          : placeOn(comparison, point, name, axis)),
      })),
    );
}

function placeOn(comparison: Comparison, point: Point, name: string, axis: SettingAxis) {
  const value = activeValue(comparison, point.task, name);
  if (value === undefined) return INACTIVE;
  const text = valueText(point, name);
  return {
    text,
    position: axis.kind === 'numbers' ? positionOn(axis, Number(value)) : categoryPosition(axis.texts, text),
  };
}

function categoryPosition(texts: readonly string[], text: string): number {
  return texts.length < 2 ? 0.5 : texts.indexOf(text) / (texts.length - 1);
}

/** Returns the labels of an axis: its ends and middle, or its categories. */
function axisLabels(name: string, axis: SettingAxis) {
  if (axis.kind === 'categories') {
    const every = Math.ceil(axis.texts.length / MAX_LABELS);
    return axis.texts
      .map((text) => ({ axis: name, text, position: categoryPosition(axis.texts, text) }))
      .filter((_, i) => i % every === 0);
  }
  const { isLog, low, high } = axis;
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  return [low, middle, high].map((value) => ({
    axis: name,
    text: formatNumber(value),
    position: positionOn(axis, value),
  }));
}
