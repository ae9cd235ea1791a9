import { useRef, useState } from 'preact/hooks';
import type { Filter } from '../filters/filter.js';
import type { Axis } from './axis.js';

interface BrushProps {
  readonly axis: Axis;
  readonly filter: Filter | undefined;
  /** The horizontal position and the ends of the axis, in pixels. */
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly onFilter: (filter: Filter | null, mode?: 'push' | 'replace') => void;
}

type Span = readonly [number, number];

const WIDTH = 22;
/** A shorter drag clears the brush. */
const MIN_DRAG = 0.01;
/** A drag that ends this close to an end of the axis reaches it. */
const SNAP = 0.02;
/** How far a key moves a bound of numbers, as a share of the axis. */
const KEY_STEP = 0.05;
const KEYS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };

/** The brush of an axis: drag along the axis, or move its two bounds with the keys. */
export function Brush({ axis, filter, x, top, bottom, onFilter }: BrushProps) {
  const [dragged, setDragged] = useState<Span | null>(null);
  const start = useRef<number | null>(null);
  const yOf = (share: number): number => bottom - share * (bottom - top);
  const shareAt = (event: PointerEvent): number => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const share = 1 - (event.clientY - box.top) / box.height;
    return share < SNAP ? 0 : share > 1 - SNAP ? 1 : share;
  };
  const spanTo = (share: number): Span => {
    const from = start.current ?? share;
    return [Math.min(from, share), Math.max(from, share)];
  };
  const [low, high] = dragged ?? axis.span(filter);
  const isBrushed = dragged !== null || filter !== undefined;
  const move = (bound: 'low' | 'high', event: KeyboardEvent): void => {
    if (event.key === 'Escape' || event.key === 'Delete') {
      onFilter(null);
      return;
    }
    const direction = KEYS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const share = bound === 'low' ? low : high;
    const next = nextShare(axis, share, direction);
    if (next === share) return;
    const span: Span = bound === 'low' ? [Math.min(next, high), high] : [low, Math.max(next, low)];
    onFilter(axis.filterOf(...span), 'replace');
  };
  const handle = (bound: 'low' | 'high') => {
    const share = bound === 'low' ? low : high;
    const value = nearestText(axis, share, filter, bound);
    return (
      <rect
        class="grip"
        role="slider"
        tabindex={0}
        aria-label={`${bound === 'low' ? 'Min' : 'Max'} of ${axis.column.title}`}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
        aria-valuetext={value}
        x={x - WIDTH / 2}
        y={yOf(share) - (bound === 'high' ? 6 : 0)}
        width={WIDTH}
        height={6}
        rx={2}
        onKeyDown={(event) => {
          move(bound, event);
        }}
      />
    );
  };
  return (
    <g class="brush">
      {isBrushed && (
        <rect class="span" x={x - 6} y={yOf(high)} width={12} height={Math.max(2, yOf(low) - yOf(high))} />
      )}
      <rect
        class="track"
        data-axis={axis.column.name}
        x={x - WIDTH / 2}
        y={top}
        width={WIDTH}
        height={bottom - top}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = shareAt(event);
        }}
        onPointerMove={(event) => {
          if (start.current !== null) setDragged(spanTo(shareAt(event)));
        }}
        onPointerUp={(event) => {
          if (start.current === null) return;
          const [from, to] = spanTo(shareAt(event));
          start.current = null;
          setDragged(null);
          onFilter(to - from < MIN_DRAG ? null : axis.filterOf(from, to));
        }}
        onPointerCancel={() => {
          start.current = null;
          setDragged(null);
        }}
      />
      {handle('low')}
      {handle('high')}
    </g>
  );
}

/** Returns where a key moves a bound: to the next text, or by a part of the range of numbers. */
function nextShare({ column, stops }: Axis, share: number, direction: number): number {
  if (column.texts === null) return Math.min(1, Math.max(0, share + direction * KEY_STEP));
  const others = stops.filter((stop) => (stop - share) * direction > 1e-9);
  if (others.length === 0) return share;
  return direction > 0 ? Math.min(...others) : Math.max(...others);
}

function nearestText(axis: Axis, share: number, filter: Filter | undefined, bound: 'low' | 'high'): string {
  const value = bound === 'low' ? filter?.min : filter?.max;
  return value == null ? axis.textAt(share) : axis.column.format(value);
}
