import type { LogColumn } from '../../task/column.js';
import { linearTicks, titleOf } from '../column-titles.js';
import type { Figure, Panel } from '../figures/figure.js';
import { splitIntoRows } from '../figures/layout.js';
import { tightLogAxis } from '../figures/log-axis.js';
import { COLORS, panelWidth } from '../figures/theme.js';
import { toFigure } from '../figures/to-figure.js';
import {
  beyondNotes,
  metricAxis,
  settingAxis,
  valueText,
  type NumberAxis,
  type SettingAxis,
} from './axes.js';
import type { Comparison, Point } from './compared.js';
import { activeValue, type SearchedSetting } from './searched-settings.js';

const HEIGHT = 190;
const COLUMNS = 3;
const MAX_PANELS = 12;

/** Draws the metric against each setting: one panel per setting, one mark per point. The settings come in the order of importance. */
export function slices(
  comparison: Comparison,
  settings: readonly SearchedSetting[],
  column: LogColumn,
): Figure {
  const { part, metric, search } = comparison;
  const shown = settings.slice(0, MAX_PANELS).map((setting) => ({
    setting,
    axis: settingAxis(comparison, setting),
  }));
  const left = settings.length - shown.length;
  const metricScale = metricAxis(comparison, column);
  const width = panelWidth(Math.min(COLUMNS, shown.length));
  const panels = shown.map(({ setting, axis }) =>
    panel({ setting, axis, metricScale, column, width, color: stageColor(comparison) }),
  );
  return toFigure(
    {
      name: `${part.name}-slices`,
      title: `${metric} against each setting of ${part.title ?? part.name}`,
      caption:
        'One mark per point: the mean over its tasks, with the most important setting first.' +
        (search?.method === 'halving'
          ? ' Candidates that were promoted have a mark per rung.'
          : search?.method === 'tpe'
            ? ' Later batches are darker.'
            : '') +
        (left > 0 ? ` ${left} less important settings are not drawn.` : '') +
        beyondNotes(comparison, metricScale)
          .map((note) => ` ${note}`)
          .join(''),
    },
    {
      rows: shown.flatMap(({ setting }) => rowsOf(comparison, setting)),
      panels: splitIntoRows(panels, COLUMNS),
      notes: [],
    },
  );
}

/** Returns one row per point at which the setting is active. Later and better points come last, so that they are drawn on top. */
function rowsOf(comparison: Comparison, { name }: SearchedSetting) {
  const sign = comparison.goal === 'min' ? 1 : -1;
  const drawn = [...comparison.points].sort((a, b) => a.stage - b.stage || sign * (b.mean - a.mean));
  return drawn.flatMap((point: Point) => {
    const value = activeValue(comparison, point.task, name);
    if (value === undefined) return [];
    return {
      setting: name,
      value: typeof value === 'number' ? value : null,
      text: valueText(point, name),
      mean: point.mean,
      stage: point.stage,
      steps: point.budget,
      task: point.task.name,
    };
  });
}

interface PanelOptions {
  readonly setting: SearchedSetting;
  readonly axis: SettingAxis;
  readonly metricScale: NumberAxis;
  readonly column: LogColumn;
  readonly width: number;
  readonly color: ReturnType<typeof stageColor>;
}

function panel({ setting, axis, metricScale, column, width, color }: PanelOptions): Panel {
  return {
    width,
    height: HEIGHT,
    transform: [{ filter: { field: 'setting', equal: setting.name } }],
    mark: { type: 'point', filled: true, size: 45, opacity: 0.85, stroke: 'white', strokeWidth: 0.5 },
    encoding: {
      x: xEncoding(setting, axis),
      y: {
        field: 'mean',
        type: 'quantitative',
        title: titleOf(column),
        ...(metricScale.isLog
          ? tightLogAxis([metricScale.low, metricScale.high], 0)
          : {
              scale: {
                ...(metricScale.low < metricScale.high && { domain: [metricScale.low, metricScale.high] }),
                clamp: true,
                nice: true,
                zero: false,
              },
              axis: linearTicks(column),
            }),
      },
      color,
    },
  };
}

function xEncoding({ name }: SearchedSetting, axis: SettingAxis) {
  if (axis.kind === 'categories')
    return {
      field: 'text',
      type: 'ordinal' as const,
      title: name,
      scale: { domain: [...axis.texts], type: 'point' as const, padding: 0.5 },
      axis: { labelAngle: 0, labelOverlap: true },
    };
  const { isLog, low, high } = axis;
  const about = { field: 'value', type: 'quantitative' as const, title: name };
  return isLog
    ? { ...about, ...tightLogAxis([low, high], 0) }
    : { ...about, scale: { domain: [low, high], nice: false, zero: false }, axis: { tickCount: 5 } };
}

/**
 * Returns colors by the steps of a halving or the batch of TPE, with a lightness that falls, which any color vision distinguishes; one
 * color if all points have the same.
 */
function stageColor({ search, points }: Comparison) {
  const places = new Set(points.map(({ stage, budget }) => (search?.method === 'halving' ? budget : stage)));
  if (search === null || places.size < 2) return { value: COLORS[0] };
  const isHalving = search.method === 'halving';
  return {
    field: isHalving ? 'steps' : 'stage',
    type: isHalving ? ('ordinal' as const) : ('quantitative' as const),
    title: isHalving ? 'steps' : 'batch',
    scale: { scheme: 'viridis' as const, reverse: true },
    legend: { orient: 'bottom' as const, ...(isHalving ? {} : { tickMinStep: 1, gradientLength: 160 }) },
  };
}
