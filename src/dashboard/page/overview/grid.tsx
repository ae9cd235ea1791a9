import type { TargetedKeyboardEvent, TargetedMouseEvent, TargetedFocusEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Address, GroupName } from '../address.js';
import type { States, TaskView } from '../protocol.js';
import { Cell } from './cell.js';
import type { Coloring } from './coloring.js';
import type { GridCell, GridLayout } from './layout.js';

/** The maximum number of columns whose cells are wide enough for numbers. */
const MAX_NUMBER_COLUMNS = 16;

/** A cell under the mouse or with the focus. */
export interface Hovered {
  readonly cell: GridCell;
  readonly label: string;
  readonly box: DOMRect;
}

interface GridProps {
  readonly states: States;
  readonly layout: GridLayout;
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly address: Address;
  readonly coloring: Coloring | null;
  readonly isMatch: (id: string) => boolean;
  /** The group to which a click adds tasks. */
  readonly group: GroupName;
  readonly onPick: (group: GroupName, ids: readonly string[]) => void;
  readonly onHover: (hovered: Hovered | null) => void;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

const MOVES: Readonly<Record<string, Place>> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
};

/** Shows a grid of tasks. It is one tab stop: arrow keys move, and Enter, a and b select. */
export function Grid(props: GridProps) {
  const { states, layout, viewById, address, coloring, isMatch, group, onPick, onHover } = props;
  const table = useRef<HTMLTableElement>(null);
  const [current, setCurrent] = useState<Place>({ row: 0, column: 0 });
  const isAggregated = layout.rows.some(({ cells }) => cells.some((cell) => cell.length > 1));
  const hasNumbers = coloring !== null && isAggregated && layout.columns.length <= MAX_NUMBER_COLUMNS;

  const move = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    if (event.key === 'Escape') onHover(null);
    const by = MOVES[event.key];
    const ids = idsOf([cellAt(layout, current)]);
    if (ids.length > 0 && (event.key === 'a' || event.key === 'b')) onPick(event.key, ids);
    if (by === undefined) return;
    event.preventDefault();
    const next = neighbor(layout, current, by);
    setCurrent(next);
    table.current?.querySelector<HTMLElement>(`[data-place="${next.row} ${next.column}"]`)?.focus();
  };
  const hover = ({
    target,
  }: TargetedMouseEvent<HTMLTableElement> | TargetedFocusEvent<HTMLTableElement>): void => {
    const button = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-place]') : null;
    const [row = -1, column = -1] = (button?.dataset['place'] ?? '').split(' ').map(Number);
    const cell = cellAt(layout, { row, column });
    const label = `${layout.rows[row]?.label ?? ''}, ${layout.columns[column]?.name ?? ''}`;
    onHover(
      button === null || cell.length === 0 ? null : { cell, label, box: button.getBoundingClientRect() },
    );
  };
  const leave = (): void => {
    onHover(null);
  };

  return (
    <div class="part">
      <h3 id={`part-${layout.name}`}>{layout.title}</h3>
      <div class="scroll">
        <table
          class="grid"
          data-numbers={hasNumbers}
          aria-labelledby={`part-${layout.name}`}
          ref={table}
          onKeyDown={move}
          onMouseOver={hover}
          onMouseLeave={leave}
          onFocusIn={hover}
          onFocusOut={leave}
        >
          <thead>
            <tr>
              <th scope="col">{layout.settings}</th>
              {layout.columns.map(({ name, short }, index) => (
                <th key={name} scope="col">
                  <button
                    type="button"
                    class="column"
                    tabIndex={-1}
                    title={`All of ${name}`}
                    onClick={() => {
                      onPick(group, idsOf(layout.rows.map(({ cells }) => cells[index] ?? [])));
                    }}
                  >
                    {short}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layout.rows.map(({ label, cells }, row) => (
              <tr key={label}>
                <th scope="row">
                  <button
                    type="button"
                    class="row"
                    title={`All of ${label}`}
                    onClick={() => {
                      onPick(group, idsOf(cells));
                    }}
                  >
                    {label}
                  </button>
                </th>
                {cells.map((tasks, column) => (
                  <td key={layout.columns[column]?.name}>
                    {tasks.length > 0 && (
                      <Cell
                        states={states}
                        tasks={tasks}
                        label={`${label}, ${layout.columns[column]?.name ?? ''}`}
                        viewById={viewById}
                        address={address}
                        coloring={coloring}
                        hasNumbers={hasNumbers}
                        isDimmed={!tasks.some(({ id }) => isMatch(id))}
                        place={`${row} ${column}`}
                        isCurrent={row === current.row && column === current.column}
                        onPick={() => {
                          setCurrent({ row, column });
                          onPick(group, idsOf([tasks]));
                        }}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function idsOf(cells: readonly GridCell[]): string[] {
  return cells.flatMap((cell) => cell.map(({ id }) => id));
}

function cellAt(layout: GridLayout, { row, column }: Place): GridCell {
  return layout.rows[row]?.cells[column] ?? [];
}

/** Returns the next task in a direction, skipping empty cells. */
function neighbor(layout: GridLayout, from: Place, by: Place): Place {
  let next = from;
  do {
    next = { row: next.row + by.row, column: next.column + by.column };
    if (cellAt(layout, next).length > 0) return next;
  } while (layout.rows[next.row] !== undefined && layout.columns[next.column] !== undefined);
  return from;
}
