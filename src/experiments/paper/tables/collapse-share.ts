import type { Cell } from '../../../report/cells.js';
import type { Run } from '../../../report/runs.js';
import { isCollapsed } from '../../vae/collapse.js';

/** Quantile of the normal distribution for a 95% interval. */
const QUANTILE = 1.959963984540054;

/** How many of some finished tasks collapsed. */
export interface Share {
  readonly collapsed: number;
  readonly finished: number;
  /** NaN without tasks. */
  readonly share: number;
  /** Ends of Wilson's 95% interval; 0 and 1 without tasks. */
  readonly low: number;
  readonly high: number;
}

export function shareOf(runs: readonly Run[]): Share {
  const finished = runs.length;
  const collapsed = runs.filter(isCollapsed).length;
  const interval = finished === 0 ? { low: 0, high: 1 } : wilsonInterval(collapsed, finished);
  return { collapsed, finished, share: collapsed / finished, ...interval };
}

export function shareOfCells(cells: readonly Pick<Cell, 'runs'>[]): Share {
  return shareOf(cells.flatMap(({ runs }) => runs));
}

/** Returns, for example, `3 of 10`. */
export function countText({ collapsed, finished }: Share): string {
  return `${collapsed} of ${finished}`;
}

/** Returns Wilson's 95% score interval of a proportion (Wilson 1927, "Probable inference"). */
export function wilsonInterval(count: number, total: number): { low: number; high: number } {
  const p = count / total;
  const z2 = QUANTILE ** 2 / total;
  const center = p + z2 / 2;
  const half = QUANTILE * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total));
  // Without these cases rounding would leave the ends slightly off 0 and 1.
  return {
    low: count === 0 ? 0 : (center - half) / (1 + z2),
    high: count === total ? 1 : (center + half) / (1 + z2),
  };
}
