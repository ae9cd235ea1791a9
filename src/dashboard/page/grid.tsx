import type { TargetedKeyboardEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { formatCount } from './format.js';
import type { PartView, States, TaskInfo, TaskView } from './protocol.js';
import type { GroupName, Selection } from './selection.js';

interface GridProps {
  readonly states: States;
  readonly part: PartView;
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly selection: Selection;
  /** The group to which a click adds tasks. */
  readonly group: GroupName;
  readonly onPick: (group: GroupName, ids: readonly string[]) => void;
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

/**
 * Shows a part's tasks with one row per setting and one column per seed. The grid is one tab stop: arrow keys move, and Enter, a and b
 * select.
 */
export function Grid({ states, part, viewById, selection, group, onPick }: GridProps) {
  const table = useRef<HTMLTableElement>(null);
  const [current, setCurrent] = useState<Place>({ row: 0, column: 0 });
  const idsOf = (tasks: readonly (TaskInfo | null)[]): string[] => tasks.flatMap((task) => task?.id ?? []);

  const move = (event: TargetedKeyboardEvent<HTMLTableElement>): void => {
    const by = MOVES[event.key];
    const task = part.rows[current.row]?.tasks[current.column];
    if (task && (event.key === 'a' || event.key === 'b')) onPick(event.key, [task.id]);
    if (by === undefined) return;
    event.preventDefault();
    const next = neighbor(part, current, by);
    setCurrent(next);
    table.current?.querySelector<HTMLElement>(`[data-place="${next.row} ${next.column}"]`)?.focus();
  };

  return (
    <div class="part">
      <h3 id={`part-${part.name}`}>{part.title}</h3>
      <div class="scroll">
        <table class="grid" aria-labelledby={`part-${part.name}`} ref={table} onKeyDown={move}>
          <thead>
            <tr>
              <th scope="col">{part.settings}</th>
              {part.columns.map(({ name, short }, index) => (
                <th key={name} scope="col">
                  <button
                    type="button"
                    class="column"
                    tabIndex={-1}
                    title={`All of ${name}`}
                    onClick={() => {
                      onPick(group, idsOf(part.rows.map(({ tasks }) => tasks[index] ?? null)));
                    }}
                  >
                    {short}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {part.rows.map(({ label, tasks }, row) => (
              <tr key={label}>
                <th scope="row">
                  <button
                    type="button"
                    class="row"
                    title={`All of ${label}`}
                    onClick={() => {
                      onPick(group, idsOf(tasks));
                    }}
                  >
                    {label}
                  </button>
                </th>
                {tasks.map((task, column) => (
                  <td key={part.columns[column]?.name}>
                    {task && (
                      <Cell
                        states={states}
                        task={task}
                        view={viewById.get(task.id)}
                        selection={selection}
                        place={`${row} ${column}`}
                        isCurrent={row === current.row && column === current.column}
                        onPick={() => {
                          setCurrent({ row, column });
                          onPick(group, [task.id]);
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

interface CellProps {
  readonly states: States;
  readonly task: TaskInfo;
  readonly view: TaskView | undefined;
  readonly selection: Selection;
  readonly place: string;
  readonly isCurrent: boolean;
  readonly onPick: () => void;
}

function Cell({ states, task, view, selection, place, isCurrent, onPick }: CellProps) {
  const state = view?.state ?? 'new';
  const group = groupOf(task.id, selection);
  const step = view?.step ?? null;
  const progress =
    step === null || state === 'failed'
      ? ''
      : `, ${task.unit} ${formatCount(step)} of ${formatCount(task.steps)}`;
  const text = `${task.label}: ${states[state].word}${progress}`;
  return (
    <button
      type="button"
      class="cell"
      data-state={state}
      data-group={group}
      data-place={place}
      data-task={task.id}
      tabIndex={isCurrent ? 0 : -1}
      aria-pressed={group !== undefined}
      aria-label={group === undefined ? text : `${text}, in group ${group.toUpperCase()}`}
      title={view?.problem == null ? text : `${text}: ${view.problem}`}
      onClick={onPick}
    >
      {states[state].sign}
    </button>
  );
}

function groupOf(id: string, { a, b }: Selection): GroupName | undefined {
  if (a.includes(id)) return 'a';
  return b.includes(id) ? 'b' : undefined;
}

/** Returns the next task in a direction, skipping empty cells. */
function neighbor(part: PartView, from: Place, by: Place): Place {
  let next = from;
  do {
    next = { row: next.row + by.row, column: next.column + by.column };
    if (part.rows[next.row]?.tasks[next.column]) return next;
  } while (part.rows[next.row] !== undefined && part.columns[next.column] !== undefined);
  return from;
}
