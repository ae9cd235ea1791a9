import type uPlot from 'uplot';
import { formatCount, formatValue } from '../format.js';
import type { Line } from './lines.js';

/** The maximum number of values beside the crosshair. */
const MAX_VALUES = 7;
const GAP = 12;

interface ReadLine {
  readonly line: Line;
  /** The index of its series in the plot. */
  readonly series: number;
}

interface ReadValue {
  readonly line: Line;
  readonly value: number;
  /** The distance from the mouse in pixels. */
  readonly distance: number;
}

/** Returns a plugin that shows the values at the crosshair, those nearest to the mouse if there are many. */
export function addReadout(lines: readonly ReadLine[]): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'readout';
  box.hidden = true;
  return {
    hooks: {
      init: [
        (plot) => {
          plot.over.append(box);
        },
      ],
      setCursor: [
        (plot) => {
          const { left = -1, top = 0, idx } = plot.cursor;
          const values = left < 0 || idx == null ? [] : valuesAt(plot, lines, idx, top);
          box.hidden = values.length === 0;
          if (box.hidden || idx == null) return;
          const step = plot.data[0][idx] ?? 0;
          box.replaceChildren(line('step', formatCount(Math.round(step)), null), ...values.map(toElement));
          const isRight = left > plot.over.clientWidth / 2;
          box.style.left = isRight ? '' : `${left + GAP}px`;
          box.style.right = isRight ? `${plot.over.clientWidth - left + GAP}px` : '';
        },
      ],
    },
  };
}

/** Returns the values of the lines at a row, from high to low. */
function valuesAt(plot: uPlot, lines: readonly ReadLine[], row: number, top: number): ReadValue[] {
  const all = lines.flatMap(({ line, series }): ReadValue[] => {
    const value = nearest(plot.data[series] ?? [], row);
    return value === null ? [] : [{ line, value, distance: Math.abs(plot.valToPos(value, 'y') - top) }];
  });
  const closest = all.sort((a, b) => a.distance - b.distance).slice(0, MAX_VALUES);
  return closest.sort((a, b) => b.value - a.value);
}

/** Returns the value at a row, or at the nearest row with a value: curves have different steps. */
function nearest(values: ArrayLike<number | null | undefined>, row: number): number | null {
  for (let by = 0; by < values.length; by++) {
    const value = values[row - by] ?? values[row + by];
    if (value != null) return value;
  }
  return null;
}

function toElement({ line: { label, stroke }, value }: ReadValue): HTMLElement {
  return line(label, formatValue(value), stroke.color);
}

function line(label: string, value: string, color: string | null): HTMLElement {
  const row = document.createElement('p');
  const swatch = document.createElement('i');
  if (color !== null) swatch.style.background = color;
  const name = document.createElement('span');
  name.textContent = label;
  const number = document.createElement('b');
  number.textContent = value;
  row.append(swatch, name, number);
  return row;
}
