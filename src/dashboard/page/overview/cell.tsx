import type { Address, GroupName } from '../address.js';
import { formatCount, formatShort } from '../format.js';
import type { StateName, States, TaskView } from '../protocol.js';
import { inkOn } from '../scale.js';
import { describeCell, type Coloring } from './coloring.js';
import type { GridCell } from './layout.js';

/** The states of which a cell with several tasks shows the first that occurs. */
const NOTABLE: readonly StateName[] = ['failed', 'corrupt', 'running', 'interrupted', 'new', 'done'];

export interface CellProps {
  readonly states: States;
  readonly tasks: GridCell;
  readonly label: string;
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly address: Address;
  /** How the cell is colored; null for the color of its state. */
  readonly coloring: Coloring | null;
  readonly hasNumbers: boolean;
  /** Whether the filters leave out all of its tasks. */
  readonly isDimmed: boolean;
  readonly place: string;
  readonly isCurrent: boolean;
  readonly onPick: () => void;
}

export function Cell(props: CellProps) {
  const { states, tasks, viewById, address, coloring, hasNumbers, isDimmed, place, isCurrent } = props;
  const state = stateOf(tasks, viewById);
  const group = groupOf(tasks, address);
  const value = coloring?.valueOf(tasks) ?? null;
  const color = value === null ? null : (coloring?.scale.colorOf(value) ?? null);
  const text = cellText(props);
  return (
    <button
      type="button"
      class="cell"
      data-state={state}
      data-group={group}
      data-place={place}
      data-task={tasks.length === 1 ? tasks[0]?.id : undefined}
      data-value={value ?? undefined}
      data-dimmed={isDimmed}
      data-blank={coloring !== null && value === null && state === 'done'}
      style={color === null ? undefined : { background: color, color: inkOn(color) }}
      tabIndex={isCurrent ? 0 : -1}
      aria-pressed={group !== undefined}
      aria-label={group === undefined ? text : `${text}, in group ${group.toUpperCase()}`}
      onClick={props.onPick}
    >
      {value === null ? states[state].sign : hasNumbers ? formatShort(value) : ''}
    </button>
  );
}

function cellText({ states, tasks, label, viewById, coloring }: CellProps): string {
  const value = coloring === null ? '' : describeCell(coloring.column, tasks);
  const values = value === '' ? '' : `, ${coloring?.column.title ?? ''} ${value}`;
  const [only] = tasks;
  if (only === undefined || tasks.length > 1) return `${label}, ${tasks.length} tasks${values}`;
  return `${only.label}: ${describeState(only, viewById.get(only.id), states)}${values}`;
}

/** Describes the state of a task, for example `interrupted, step 100 of 1,000`. */
export function describeState(
  { unit, steps }: Pick<GridCell[number], 'unit' | 'steps'>,
  view: TaskView | undefined,
  states: States,
): string {
  const { state = 'new', step = null } = view ?? {};
  const { word } = states[state];
  if (step === null || state === 'failed') return word;
  return `${word}, ${unit} ${formatCount(step)} of ${formatCount(steps)}`;
}

function stateOf(tasks: GridCell, viewById: ReadonlyMap<string, TaskView>): StateName {
  const states = new Set(tasks.map(({ id }) => viewById.get(id)?.state ?? 'new'));
  return NOTABLE.find((state) => states.has(state)) ?? 'new';
}

function groupOf(tasks: GridCell, { a, b }: Address): GroupName | undefined {
  if (tasks.every(({ id }) => a.includes(id))) return 'a';
  return tasks.every(({ id }) => b.includes(id)) ? 'b' : undefined;
}
