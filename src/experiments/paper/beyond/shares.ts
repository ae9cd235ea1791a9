import { isCollapsed } from '../../vae/collapse.js';
import type { TrainingRun } from '../../vae/runs.js';
import { wilsonInterval } from '../tables/collapse-table.js';
import type { TrainingCell } from './hypothesis.js';

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

export function shareOf(runs: readonly TrainingRun[]): Share {
  const finished = runs.length;
  const collapsed = runs.filter(isCollapsed).length;
  const interval = finished === 0 ? { low: 0, high: 1 } : wilsonInterval(collapsed, finished);
  return { collapsed, finished, share: collapsed / finished, ...interval };
}

export function shareOfCells(cells: readonly TrainingCell[]): Share {
  return shareOf(cells.flatMap(({ runs }) => runs));
}

/** Returns, for example, `3 of 10`. */
export function countText({ collapsed, finished }: Share): string {
  return `${collapsed} of ${finished}`;
}
