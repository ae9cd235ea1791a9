import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { withOptions, type Address, type Navigate } from '../address.js';
import { formatCount } from '../format.js';
import { hueOf } from '../hue.js';
import { Tooltip } from '../overview/tooltip.js';
import type { States, TaskInfo, TaskView } from '../protocol.js';
import type { Column, Results } from '../results.js';
import { Select } from '../select.js';
import { useWidth } from '../use-width.js';
import { radiusBy, scatterData, scatterOptions, sortPoints, type Point } from './plot.js';

const HEIGHT = 460;
const MAX_RESULTS = 6;

interface ScatterProps {
  readonly states: States;
  /** The tasks that match the filters. */
  readonly infos: readonly TaskInfo[];
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly results: Results;
  readonly address: Address;
  readonly navigate: Navigate;
  readonly isDark: boolean;
}

/** Shows the tasks as points over any two settings or results, colored by a third one. */
export function Scatter({ states, infos, viewById, results, address, navigate, isDark }: ScatterProps) {
  const { options } = address;
  const offered = results.columns.filter(({ isVarying }) => isVarying);
  const [firstX, firstY] = initialAxes(offered);
  const columnOf = (option: string, initial?: Column): Column | undefined =>
    results.byName.get(options[option] ?? '') ?? initial;
  const x = columnOf('x', firstX);
  const y = columnOf('y', firstY);
  const hue = columnOf('hue');
  const size = columnOf('size');
  const [room, measured] = useWidth();
  // Until the results are known, the axes are not.
  const width = results.isRead ? measured : null;
  const [hovered, setHovered] = useState<{ id: string; box: DOMRect } | null>(null);
  const set = (name: string) => (value: string) => {
    navigate({ options: withOptions(options, { [name]: value }) });
  };
  const axes = (options['axes'] ?? '').split(',');
  const isLogX = axes.includes('x');
  const isLogY = axes.includes('y');
  const coloring = useMemo(() => hueOf(hue, infos, isDark), [hue, infos, isDark]);
  const sizing = useMemo(() => radiusBy(size, infos), [size, infos]);
  const points = useMemo(() => {
    if (x === undefined || y === undefined) return [];
    const selected = new Set([...address.a, ...address.b, address.task]);
    return sortPoints(
      infos.flatMap(({ id }): Point[] => {
        const [atX, atY] = [x.numberOf(id), y.numberOf(id)];
        if (atX === null || atY === null || (isLogX && atX <= 0) || (isLogY && atY <= 0)) return [];
        return [
          {
            ...{ id, x: atX, y: atY, color: coloring.colorOf(id) },
            ...{ radius: sizing.radiusOf(id), isSelected: selected.has(id) },
          },
        ];
      }),
    );
  }, [x, y, infos, coloring, sizing, isLogX, isLogY, address.a, address.b, address.task]);
  const place = usePlot(points, x, y, { isLogX, isLogY, width, isDark }, (point, box) => {
    setHovered(point === null ? null : { id: point.id, box });
  });
  const infoById = useMemo(() => new Map(infos.map((info) => [info.id, info])), [infos]);
  const info = hovered === null ? undefined : infoById.get(hovered.id);
  const choices = offered.map(({ name, title }) => ({ value: name, text: title }));
  const toggleLog = (axis: 'x' | 'y') => (): void => {
    const next = axes.includes(axis) ? axes.filter((each) => each !== axis) : [...axes, axis];
    set('axes')(next.filter((each) => each !== '').join());
  };
  const inTooltip = [x, y, hue, size, ...offered.filter(({ kind, isShown }) => kind === 'result' && isShown)];
  return (
    <section class="scatter" aria-labelledby="scatter-heading" ref={room}>
      <h2 id="scatter-heading">{`${y?.title ?? ''} by ${x?.title ?? ''}`}</h2>
      <div class="choices">
        <Select label="Horizontal" value={x?.name ?? ''} choices={choices} onChange={set('x')} />
        <LogToggle axis="horizontal" column={x} isLog={isLogX} onToggle={toggleLog('x')} />
        <Select label="Vertical" value={y?.name ?? ''} choices={choices} onChange={set('y')} />
        <LogToggle axis="vertical" column={y} isLog={isLogY} onToggle={toggleLog('y')} />
        <Select
          label="Color"
          value={hue?.name ?? ''}
          choices={[{ value: '', text: 'none' }, ...choices]}
          onChange={set('hue')}
        />
        <Select
          label="Size"
          value={size?.name ?? ''}
          choices={[
            { value: '', text: 'equal' },
            ...offered
              .filter(({ isNumeric }) => isNumeric)
              .map(({ name, title }) => ({ value: name, text: title })),
          ]}
          onChange={set('size')}
        />
        {coloring.legend}
        {size !== undefined && sizing.range !== null && (
          <span class="small quiet">
            {`Size: ${size.title} from ${size.format(sizing.range[0])} to ${size.format(sizing.range[1])}`}
          </span>
        )}
      </div>
      <div
        class="plot"
        ref={place}
        role="img"
        data-points={points.length}
        aria-label={`${formatCount(points.length)} tasks by ${x?.title ?? ''} and ${y?.title ?? ''}. The table has their values.`}
        onClick={() => {
          if (hovered !== null) navigate({ task: hovered.id });
        }}
      />
      {!results.isRead && <p class="hint">Reading the results of finished tasks …</p>}
      {results.isRead && points.length < infos.length && (
        <p class="quiet small">
          {`${formatCount(infos.length - points.length)} of ${formatCount(infos.length)} tasks have no such values, for example because they have not finished.`}
        </p>
      )}
      {hovered !== null && info !== undefined && (
        <Tooltip
          hovered={{ cell: [info], label: info.label, box: hovered.box }}
          states={states}
          viewById={viewById}
          columns={[...new Set(inTooltip.filter((column) => column !== undefined))].slice(0, MAX_RESULTS)}
        />
      )}
      <p class="quiet small">Click a point to see its task.</p>
    </section>
  );
}

interface LogToggleProps {
  readonly axis: string;
  readonly column: Column | undefined;
  readonly isLog: boolean;
  readonly onToggle: () => void;
}

function LogToggle({ axis, column, isLog, onToggle }: LogToggleProps) {
  if (column?.isNumeric !== true) return null;
  return (
    <button type="button" aria-pressed={isLog} aria-label={`log ${axis} axis`} onClick={onToggle}>
      log
    </button>
  );
}

interface PlotSize {
  readonly isLogX: boolean;
  readonly isLogY: boolean;
  readonly width: number | null;
  readonly isDark: boolean;
}

/** Draws the points into the returned element. */
function usePlot(
  points: readonly Point[],
  x: Column | undefined,
  y: Column | undefined,
  { isLogX, isLogY, width, isDark }: PlotSize,
  onHover: (point: Point | null, box: DOMRect) => void,
) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const current = useRef({ points, onHover });
  current.current = { points, onHover };
  useEffect(() => {
    if (place.current === null || x === undefined || y === undefined || width === null) return undefined;
    let last: Point | null = null;
    const options = scatterOptions(
      { x, y, isLogX, isLogY, width, height: HEIGHT, isDark },
      () => current.current.points,
      (point, left, top) => {
        if (point === last) return;
        last = point;
        const over = plot.current?.over.getBoundingClientRect();
        current.current.onHover(point, new DOMRect((over?.left ?? 0) + left, (over?.top ?? 0) + top, 0, 0));
      },
    );
    const created = new uPlot(options, scatterData(current.current.points), place.current);
    plot.current = created;
    return () => {
      plot.current = null;
      created.destroy();
    };
  }, [x?.name, y?.name, isLogX, isLogY, width, isDark]);
  useEffect(() => {
    plot.current?.setData(scatterData(points), true);
  }, [points]);
  return place;
}

/** Returns the first setting and the first result, or whatever else varies. */
function initialAxes(columns: readonly Column[]): readonly [Column | undefined, Column | undefined] {
  const results = columns.filter(({ kind, isNumeric }) => kind === 'result' && isNumeric);
  const setting =
    columns.find(({ kind }) => kind === 'setting') ?? columns.find(({ kind }) => kind === 'seed');
  return [setting ?? results[1] ?? columns[0], results[0] ?? columns.at(-1)];
}
