import type { ExportTask } from './table.js';
import { logRows, type ExportedLog } from './task-logs.js';

/** A number of a log, for tools that show curves. */
export interface Point {
  /** For example `evaluation/loss`. */
  readonly name: string;
  /** The training step; for a computation the number of the row, the first is 1. */
  readonly step: number;
  readonly value: number;
}

/** The approximate number of rows of a long log, evenly spaced. By default, TensorBoard draws 1,000 points per curve. */
const ROWS = 1_000;

const PREFIXES = { steps: 'steps', evaluations: 'evaluation', rows: 'rows' } as const;

/** Yields the numbers of a done task's log, without null and lists: all evaluations, and about 1,000 steps or rows. */
export function* points(task: ExportTask, log: ExportedLog): Generator<Point> {
  const logged = [...logRows(task, log)].reduce((sum, { rows }) => sum + rows, 0);
  const every = log === 'evaluations' ? 1 : Math.max(1, Math.floor(logged / ROWS));
  let before = 0;
  for (const { rows, names, column } of logRows(task, log)) {
    const steps = column('step');
    const columns = names
      .filter((name) => name !== 'step')
      .map((name) => [`${PREFIXES[log]}/${name}`, column(name) ?? []] as const);
    for (let row = 0; row < rows; row++) {
      const number = before + row + 1;
      if (number % every !== 0) continue;
      const step = steps === null ? number : Number(steps[row]);
      for (const [name, values] of columns) {
        const value = values[row];
        if (typeof value === 'number') yield { name, step, value };
      }
    }
    before += rows;
  }
}
