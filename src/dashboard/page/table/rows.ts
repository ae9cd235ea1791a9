import {
  createTable,
  getCoreRowModel,
  getExpandedRowModel,
  getGroupedRowModel,
  getSortedRowModel,
  type ColumnDef,
  type Row,
  type SortingState,
  type Table,
} from '@tanstack/table-core';
import { useMemo, useRef } from 'preact/hooks';
import type { TaskInfo } from '../protocol.js';
import type { Column } from '../results.js';
import { statisticsOf } from '../statistics.js';

/** The id of the hidden column by whose text rows are grouped. */
const GROUP = '#group';
/** The id of the column with the tasks' labels. */
export const TASK = '#task';

export interface TableQuery {
  readonly infos: readonly TaskInfo[];
  /** The columns that may be sorted, shown or not. */
  readonly columns: readonly Column[];
  /** The settings that rows of a group share; empty for no groups. */
  readonly groupBy: readonly Column[];
  readonly sorting: Sorting | null;
  /** The groups whose tasks are shown. */
  readonly expanded: Readonly<Record<string, boolean>>;
}

export interface Sorting {
  readonly name: string;
  readonly isDescending: boolean;
}

/** Returns the rows of the table in order: tasks, or groups of tasks, each followed by its tasks if it is expanded. */
export function useRows(query: TableQuery): { rows: Row<TaskInfo>[]; all: Row<TaskInfo>[] } {
  const { infos, columns, groupBy, sorting, expanded } = query;
  const table = useRef<Table<TaskInfo> | null>(null);
  table.current ??= createTable<TaskInfo>({
    data: [],
    columns: [],
    state: {},
    onStateChange: () => undefined,
    renderFallbackValue: null,
    getCoreRowModel: getCoreRowModel(),
    getGroupedRowModel: getGroupedRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getExpandedRowModel: getExpandedRowModel(),
    getRowId: ({ id }) => id,
    autoResetExpanded: false,
    autoResetPageIndex: false,
  });
  const { current } = table;
  const definitions = useMemo(() => definitionsOf(columns, groupBy), [columns, groupBy]);
  const state = useMemo(
    () => ({
      ...current.initialState,
      grouping: groupBy.length > 0 ? [GROUP] : [],
      sorting: sortingOf(sorting, columns),
      expanded,
    }),
    [groupBy, sorting?.name, sorting?.isDescending, columns, expanded],
  );
  // The library compares data by identity.
  const data = infos as TaskInfo[];
  current.setOptions((before) => ({ ...before, data, columns: definitions, state }));
  return { rows: current.getRowModel().rows, all: current.getSortedRowModel().rows };
}

function sortingOf(sorting: Sorting | null, columns: readonly Column[]): SortingState {
  if (sorting === null) return [];
  const isKnown = sorting.name === TASK || columns.some(({ name }) => name === sorting.name);
  return isKnown ? [{ id: sorting.name, desc: sorting.isDescending }] : [];
}

function definitionsOf(columns: readonly Column[], groupBy: readonly Column[]): ColumnDef<TaskInfo>[] {
  return [
    { id: GROUP, accessorFn: (info) => groupLabel(groupBy, info) },
    { id: TASK, accessorFn: ({ label }) => label, sortingFn: 'alphanumeric' },
    ...columns.map(({ name, numberOf, isNumeric }): ColumnDef<TaskInfo> => ({
      id: name,
      // The library puts undefined values last in both directions.
      accessorFn: ({ id }) => numberOf(id) ?? undefined,
      sortingFn: 'basic',
      sortUndefined: 'last',
      aggregationFn: (_column, rows) => {
        const values = rows.map(({ original: { id } }) => numberOf(id));
        return isNumeric ? statisticsOf(values)?.mean : (values[0] ?? undefined);
      },
    })),
  ];
}

/** Returns the label of a task's group, for example `width 16, depth 2`. */
export function groupLabel(groupBy: readonly Column[], { id }: Pick<TaskInfo, 'id'>): string {
  return groupBy.map(({ title, textOf }) => `${title} ${textOf(id) || '–'}`).join(', ');
}

/** Returns the tasks of a row: one, or all of a group. */
export function tasksOf(row: Row<TaskInfo>): TaskInfo[] {
  return row.getIsGrouped() ? row.getLeafRows().map(({ original }) => original) : [row.original];
}
