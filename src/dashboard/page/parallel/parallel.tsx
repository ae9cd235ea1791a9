import { useMemo } from 'preact/hooks';
import { withOptions, type Address, type Navigate } from '../address.js';
import { formatFilters, parseFilters, type Filter } from '../filters/filter.js';
import { formatCount } from '../format.js';
import { hueOf } from '../hue.js';
import type { TaskInfo } from '../protocol.js';
import type { Column, Results } from '../results.js';
import { Select } from '../select.js';
import { ColumnChoice } from '../table/column-choice.js';
import { useWidth } from '../use-width.js';
import { axisOf, type Axis } from './axis.js';
import { Brush } from './brush.js';

interface ParallelProps {
  readonly infos: readonly TaskInfo[];
  readonly results: Results;
  readonly address: Address;
  readonly navigate: Navigate;
  readonly isMatch: (id: string) => boolean;
  readonly isDark: boolean;
}

const HEIGHT = 420;
const TOP = 40;
const BOTTOM = HEIGHT - 20;
const MIN_DISTANCE = 110;
/** The room left of the first axis, and right of the last one for its labels. */
const LEFT = 50;
const RIGHT = 90;
const MAX_TITLE = 16;
/** The distance of a label from its axis, and about the width of a character and the height of a line, in pixels. */
const LABEL_GAP = 14;
const CHARACTER = 7;
const LINE = 12;
/** The maximum number of lines that are drawn: more would be slow, and hard to read. */
const MAX_LINES = 2_000;
/** The numbers of settings and of results that are axes initially. */
const INITIAL_SETTINGS = 4;
const INITIAL_RESULTS = 3;

/** Shows each task as a line across axes of settings and results, which can be brushed. */
export function Parallel({ infos, results, address, navigate, isMatch, isDark }: ParallelProps) {
  const { options } = address;
  const { lines = '', filter = '' } = options;
  const [room, width] = useWidth();
  const offered = results.columns.filter(({ isVarying }) => isVarying);
  const names = lines.split(',').filter((name) => name !== '');
  const shown = names.length > 0 ? offered.filter(({ name }) => names.includes(name)) : initialAxes(offered);
  const hue = results.byName.get(options['hue'] ?? '') ?? shown.findLast(({ kind }) => kind === 'result');
  const key = shown.map(({ name }) => name).join();
  const axes = useMemo(() => shown.flatMap((column) => axisOf(column, infos) ?? []), [results, infos, key]);
  const coloring = useMemo(() => hueOf(hue, infos, isDark), [hue, infos, isDark]);
  const filters = useMemo(() => parseFilters(filter), [filter]);
  const matching = infos.filter(({ id }) => isMatch(id));
  const distance = Math.max(MIN_DISTANCE, ((width ?? 0) - LEFT - RIGHT) / Math.max(1, axes.length - 1));
  const xOf = (index: number): number => LEFT + index * distance;
  const total = xOf(axes.length - 1) + RIGHT;
  const set = (change: Readonly<Record<string, string>>, mode?: 'push' | 'replace'): void => {
    navigate({ options: withOptions(options, change) }, mode);
  };
  const setFilter = (name: string, next: Filter | null, mode?: 'push' | 'replace'): void => {
    const others = filters.filter(({ column }) => column !== name);
    set({ filter: formatFilters(next === null ? others : [...others, next]) }, mode);
  };
  return (
    <section class="parallel" aria-labelledby="parallel-heading" ref={room}>
      <h2 id="parallel-heading">Parallel coordinates</h2>
      <div class="choices">
        <Select
          label="Color"
          value={hue?.name ?? ''}
          choices={offered.map(({ name, title }) => ({ value: name, text: title }))}
          onChange={(name) => {
            set({ hue: name });
          }}
        />
        <ColumnChoice
          columns={offered}
          shown={shown}
          onChange={(chosen) => {
            set({ lines: chosen });
          }}
        />
        {coloring.legend}
      </div>
      {!results.isRead && <p class="hint">Reading the results of finished tasks …</p>}
      {results.isRead && axes.length === 0 && (
        <p class="hint">No setting and no result of these axes varies. Choose other columns.</p>
      )}
      {results.isRead && axes.length > 0 && width !== null && (
        <div class="scrolls">
          <svg width={total} height={HEIGHT} data-lines={matching.length}>
            <Lines
              {...{ infos, axes, isMatch, xOf }}
              colorOf={coloring.colorOf}
              onOpen={(task) => {
                navigate({ task });
              }}
            />
            {axes.map((axis, index) => (
              <g key={axis.column.name}>
                <AxisLine
                  axis={axis}
                  x={xOf(index)}
                  room={(index < axes.length - 1 ? distance : RIGHT) - 2 * LABEL_GAP}
                />
                <Brush
                  axis={axis}
                  filter={filters.find(({ column }) => column === axis.column.name)}
                  x={xOf(index)}
                  top={TOP}
                  bottom={BOTTOM}
                  onFilter={(next, mode) => {
                    setFilter(axis.column.name, next, mode);
                  }}
                />
              </g>
            ))}
          </svg>
        </div>
      )}
      {infos.length > MAX_LINES && (
        <p class="quiet small">
          {`At most ${formatCount(MAX_LINES)} lines are drawn, those of matching tasks first.`}
        </p>
      )}
      <p class="quiet small">
        Drag along an axis to filter the tasks of all views; click the axis to undo it. With the keyboard, the
        arrows move the bounds of an axis and Esc removes its filter. Click a line to see its task. A line has
        a gap where its task has no value.
      </p>
    </section>
  );
}

interface LinesProps {
  readonly infos: readonly TaskInfo[];
  readonly axes: readonly Axis[];
  readonly isMatch: (id: string) => boolean;
  readonly colorOf: (id: string) => string;
  readonly xOf: (index: number) => number;
  readonly onOpen: (id: string) => void;
}

/** Draws the lines of tasks, those that match over the others. */
function Lines({ infos, axes, isMatch, colorOf, xOf, onOpen }: LinesProps) {
  const ordered = [...infos.filter(({ id }) => isMatch(id)), ...infos.filter(({ id }) => !isMatch(id))].slice(
    0,
    MAX_LINES,
  );
  return (
    <g
      role="img"
      aria-label={`${formatCount(ordered.length)} tasks as lines. The table has their values.`}
      fill="none"
    >
      {ordered.reverse().map(({ id }) => (
        <path
          key={id}
          class={isMatch(id) ? 'match' : 'other'}
          d={pathOf(id, axes, xOf)}
          stroke={isMatch(id) ? colorOf(id) : undefined}
          onClick={() => {
            onOpen(id);
          }}
        />
      ))}
    </g>
  );
}

interface AxisLineProps {
  readonly axis: Axis;
  readonly x: number;
  /** The width of its labels, in pixels. */
  readonly room: number;
}

function AxisLine({ axis, x, room }: AxisLineProps) {
  const { title } = axis.column;
  return (
    <g class="axis" aria-hidden="true">
      <line x1={x} x2={x} y1={TOP} y2={BOTTOM} />
      <text class="title" x={x} y={16} text-anchor="middle">
        <title>{title}</title>
        {shorten(title, MAX_TITLE)}
      </text>
      {spaced(axis.ticks).map(({ share, text }) => (
        <text key={share} x={x + LABEL_GAP} y={yOf(share)} dominant-baseline="middle">
          <title>{text}</title>
          {shorten(text, Math.floor(room / CHARACTER))}
        </text>
      ))}
    </g>
  );
}

/** Leaves out labels that would overlap the one before. */
function spaced(ticks: Axis['ticks']): Axis['ticks'] {
  const kept: Axis['ticks'][number][] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if (last === undefined || Math.abs(yOf(tick.share) - yOf(last.share)) >= LINE) kept.push(tick);
  }
  return kept;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function pathOf(id: string, axes: readonly Axis[], xOf: (index: number) => number): string {
  let isDrawing = false;
  return axes
    .map((axis, index) => {
      const share = axis.shareOf(id);
      const command = isDrawing ? 'L' : 'M';
      isDrawing = share !== null;
      return share === null ? '' : `${command}${xOf(index).toFixed(1)} ${yOf(share).toFixed(1)}`;
    })
    .join('');
}

function yOf(share: number): number {
  return BOTTOM - share * (BOTTOM - TOP);
}

/** Returns the settings that distinguish tasks, and results. */
function initialAxes(columns: readonly Column[]): Column[] {
  const settings = columns.filter(({ kind }) => kind === 'setting' || kind === 'seed');
  const results = columns.filter(({ kind, isNumeric }) => kind === 'result' && isNumeric);
  return [...settings.slice(0, INITIAL_SETTINGS), ...results.slice(0, INITIAL_RESULTS)];
}
