import type { Row } from '@tanstack/table-core';
import type { States, TaskInfo, TaskView } from '../protocol.js';
import type { Column } from '../results.js';
import { cellText } from './csv.js';
import { groupLabel, type Sorting } from './rows.js';

interface HeadCellProps {
  readonly title: string;
  readonly name: string;
  readonly sorting: Sorting | null;
  readonly onSort: (name: string) => void;
}

export function HeadCell({ title, name, sorting, onSort }: HeadCellProps) {
  const direction = sorting?.name !== name ? 'none' : sorting.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={direction}>
      <button
        type="button"
        title={title}
        onClick={() => {
          onSort(name);
        }}
      >
        {title}
        <span aria-hidden="true">{{ none: '', ascending: ' ▲', descending: ' ▼' }[direction]}</span>
      </button>
    </th>
  );
}

interface TableRowProps {
  readonly index: number;
  readonly row: Row<TaskInfo>;
  readonly tasks: readonly TaskInfo[];
  readonly columns: readonly Column[];
  readonly groupBy: readonly Column[];
  readonly states: States;
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  readonly onSelect: () => void;
  readonly onOpen: (id: string) => void;
  readonly onExpand: () => void;
}

export function TableRow(props: TableRowProps) {
  const { index, row, tasks, columns, groupBy, states, viewById, isSelected, isOpen } = props;
  const [first] = tasks;
  if (first === undefined) return null;
  const isGroup = row.getIsGrouped();
  const label = isGroup ? groupLabel(groupBy, first) : first.label;
  const isExpanded = row.getIsExpanded();
  return (
    <tr
      aria-rowindex={index + 2}
      data-open={isOpen}
      data-depth={row.depth}
      data-row={isGroup ? label : first.id}
    >
      <td class="check">
        <input
          type="checkbox"
          aria-label={`Select ${label}`}
          checked={isSelected}
          onChange={props.onSelect}
        />
      </td>
      <th scope="row">
        <button
          type="button"
          class="row"
          aria-expanded={isGroup ? isExpanded : undefined}
          onClick={() => {
            if (isGroup) props.onExpand();
            else props.onOpen(first.id);
          }}
        >
          {isGroup && <span aria-hidden="true">{isExpanded ? '▾ ' : '▸ '}</span>}
          {label}
          {isGroup && <span class="quiet">{` (${tasks.length})`}</span>}
        </button>
      </th>
      {columns.map((column) => (
        <td key={column.name} class={column.isNumeric ? 'number' : undefined}>
          {column.kind === 'state' && !isGroup ? (
            <State states={states} view={viewById.get(first.id)} />
          ) : (
            cellText(column, tasks)
          )}
        </td>
      ))}
    </tr>
  );
}

function State({ states, view }: { readonly states: States; readonly view: TaskView | undefined }) {
  const state = view?.state ?? 'new';
  return (
    <span class="state" data-state={state} title={view?.problem ?? undefined}>
      {states[state].word}
    </span>
  );
}
