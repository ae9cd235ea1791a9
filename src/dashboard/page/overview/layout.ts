import type { PartView, TaskInfo } from '../protocol.js';
import type { Column, Results } from '../results.js';

/** A cell of the grid: one task, or several that share the values of its row and column. */
export type GridCell = readonly TaskInfo[];

/** A grid of tasks. */
export interface GridLayout {
  readonly name: string;
  readonly title: string;
  /** The settings in the rows' labels. */
  readonly settings: string;
  readonly columns: readonly { readonly name: string; readonly short: string }[];
  /** The cells by column; empty where the sweep has no task. */
  readonly rows: readonly { readonly label: string; readonly cells: readonly GridCell[] }[];
}

/** A row or a column per value of this setting; by default, a row per cell and a column per seed. */
export interface Axes {
  readonly rows: string;
  readonly columns: string;
}

/** The value of `columns` that joins all seeds in one column. */
export const TOGETHER = 'together';

/** Returns the grids: one per part of the sweep, or a single one if an axis is chosen. */
export function gridLayouts(
  { rows, columns }: Axes,
  parts: readonly PartView[],
  infos: readonly TaskInfo[],
  results: Results,
): GridLayout[] {
  const row = results.byName.get(rows);
  const column = results.byName.get(columns);
  if (row === undefined && column === undefined)
    return parts.map((part) => (columns === TOGETHER ? joined(part) : partLayout(part)));
  const varying = results.columns.filter(({ isVarying }) => isVarying);
  const ofKind = (kind: Column['kind'], other: Column | undefined): Column[] =>
    varying.filter((each) => each.kind === kind && each !== other);
  const rowColumns = row ? [row] : ofKind('setting', column);
  const columnColumns = column ? [column] : columns === TOGETHER ? [] : ofKind('seed', row);
  return [axesLayout(rowColumns, columnColumns, infos)];
}

function partLayout({ name, title, settings, columns, rows }: PartView): GridLayout {
  const toCells = (tasks: readonly (TaskInfo | null)[]): GridCell[] =>
    tasks.map((task) => (task === null ? [] : [task]));
  return {
    ...{ name, title, settings, columns },
    rows: rows.map(({ label, tasks }) => ({ label, cells: toCells(tasks) })),
  };
}

function joined({ name, title, settings, rows }: PartView): GridLayout {
  return {
    ...{ name, title, settings },
    columns: [{ name: 'all seeds', short: 'all seeds' }],
    rows: rows.map(({ label, tasks }) => ({ label, cells: [tasks.filter((task) => task !== null)] })),
  };
}

interface Line {
  readonly label: string;
  readonly order: readonly number[];
}

function axesLayout(
  rowColumns: readonly Column[],
  columnColumns: readonly Column[],
  infos: readonly TaskInfo[],
): GridLayout {
  const rows = new Map<string, Line>();
  const columns = new Map<string, Line>();
  const cells = new Map<string, TaskInfo[]>();
  for (const info of infos) {
    const row = lineOf(rowColumns, info, rows);
    const column = lineOf(columnColumns, info, columns);
    const key = `${row}\n${column}`;
    cells.set(key, [...(cells.get(key) ?? []), info]);
  }
  const namesOf = (all: readonly Column[]): string => all.map(({ title }) => title).join(', ');
  const sortedColumns = sorted(columns);
  return {
    name: 'axes',
    title: `${namesOf(rowColumns) || 'all tasks'} by ${namesOf(columnColumns) || 'all tasks'}`,
    settings: `${namesOf(rowColumns)} \\ ${namesOf(columnColumns)}`,
    columns: sortedColumns.map((label) => ({
      name: `${namesOf(columnColumns)} ${label}`.trim(),
      short: label || 'all tasks',
    })),
    rows: sorted(rows).map((label) => ({
      label: label || 'all tasks',
      cells: sortedColumns.map((column) => cells.get(`${label}\n${column}`) ?? []),
    })),
  };
}

/** Adds the row or column of a task. @returns its label */
function lineOf(columns: readonly Column[], { id }: TaskInfo, lines: Map<string, Line>): string {
  const label = columns.map(({ textOf }) => textOf(id) || '–').join(', ');
  if (!lines.has(label))
    lines.set(label, { label, order: columns.map(({ numberOf }) => numberOf(id) ?? Infinity) });
  return label;
}

function sorted(lines: ReadonlyMap<string, Line>): string[] {
  return [...lines.values()]
    .sort((a, b) => {
      const first = a.order.findIndex((value, index) => value !== b.order[index]);
      return first < 0 ? 0 : (a.order[first] ?? 0) - (b.order[first] ?? 0);
    })
    .map(({ label }) => label);
}
