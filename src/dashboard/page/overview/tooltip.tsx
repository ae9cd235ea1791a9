import type { States, TaskView } from '../protocol.js';
import type { Column } from '../results.js';
import { describeState } from './cell.js';
import { describeCell } from './coloring.js';
import type { Hovered } from './grid.js';

const WIDTH = 290;
const MARGIN = 8;
/** The maximum height that is assumed when choosing the side of the cell. */
const HEIGHT = 260;

interface TooltipProps {
  readonly hovered: Hovered;
  readonly states: States;
  readonly viewById: ReadonlyMap<string, TaskView>;
  /** The columns with numbers to show. */
  readonly columns: readonly Column[];
}

/** Shows the numbers of a cell beside it. Screen readers get them from the cell and from the table of tasks. */
export function Tooltip({ hovered: { cell, label, box }, states, viewById, columns }: TooltipProps) {
  const [only] = cell;
  if (only === undefined) return null;
  const isSingle = cell.length === 1;
  const view = viewById.get(only.id);
  const done = cell.filter(({ id }) => viewById.get(id)?.state === 'done').length;
  const isAbove = box.bottom + HEIGHT > window.innerHeight && box.top > HEIGHT;
  const left = Math.max(MARGIN, Math.min(box.left, window.innerWidth - WIDTH - MARGIN));
  const top = isAbove ? { bottom: window.innerHeight - box.top + MARGIN } : { top: box.bottom + MARGIN };
  return (
    <div class="tooltip" aria-hidden="true" style={{ left, width: WIDTH, ...top }}>
      <p>
        <strong>{isSingle ? only.label : label}</strong>
      </p>
      <p class="quiet">
        {isSingle
          ? describeState(only, view, states)
          : `${done} of ${cell.length} tasks done; mean ± standard error`}
      </p>
      {isSingle && view?.problem != null && <p class="problem">{view.problem}</p>}
      <dl>
        {columns.map((column) => {
          const text = describeCell(column, cell);
          return text === '' ? null : (
            <div key={column.name}>
              <dt>{column.title}</dt>
              <dd>{text}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
