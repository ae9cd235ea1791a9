import type { Row } from '@tanstack/table-core';
import { describeCell } from '../overview/coloring.js';
import type { TaskInfo } from '../protocol.js';
import type { Column } from '../results.js';
import { standardError, statisticsOf } from '../statistics.js';
import { groupLabel, tasksOf } from './rows.js';

/** Returns the rows as CSV (RFC 4180): one line per task, or one per group with means and standard errors. */
export function toCsv(
  rows: readonly Row<TaskInfo>[],
  columns: readonly Column[],
  groupBy: readonly Column[],
): string {
  const lines = groupBy.length === 0 ? taskLines(rows, columns) : groupLines(rows, columns, groupBy);
  return lines.map((fields) => fields.map(toField).join(',')).join('\r\n') + '\r\n';
}

function taskLines(rows: readonly Row<TaskInfo>[], columns: readonly Column[]): string[][] {
  const head = [
    'id',
    'task',
    ...columns.map(({ name, kind }) => (kind === 'duration' ? 'durationMs' : name)),
  ];
  return [
    head,
    ...rows.map(({ original: { id, name } }) => [id, name, ...columns.map((column) => rawText(column, id))]),
  ];
}

function groupLines(
  rows: readonly Row<TaskInfo>[],
  columns: readonly Column[],
  groupBy: readonly Column[],
): string[][] {
  const numeric = columns.filter(({ isNumeric, kind }) => isNumeric && kind !== 'setting' && kind !== 'seed');
  const head = numeric.flatMap(({ name }) => [`${name} mean`, `${name} standard error`]);
  return [
    ['group', 'tasks', ...groupBy.map(({ name }) => name), ...head],
    ...rows.map((row) => {
      const tasks = tasksOf(row);
      const [first] = tasks;
      const numbers = numeric.flatMap(({ numberOf }) => {
        const statistics = statisticsOf(tasks.map(({ id }) => numberOf(id)));
        return [statistics?.mean, statistics && standardError(statistics)].map((value) =>
          String(value ?? ''),
        );
      });
      const settings = groupBy.map(({ textOf }) => (first === undefined ? '' : textOf(first.id)));
      return [
        first === undefined ? '' : groupLabel(groupBy, first),
        String(tasks.length),
        ...settings,
        ...numbers,
      ];
    }),
  ];
}

/** Returns a number with all of its digits, or the text of other values. */
function rawText(column: Column, id: string): string {
  return column.isNumeric ? String(column.numberOf(id) ?? '') : column.textOf(id);
}

function toField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lets the browser save a text as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Returns what a table shows of a column for the tasks of a row. */
export function cellText(column: Column, tasks: readonly TaskInfo[]): string {
  const isMeasured = column.kind === 'result' || column.kind === 'duration' || column.kind === 'step';
  if (column.isNumeric && isMeasured) return describeCell(column, tasks);
  const texts = [...new Set(tasks.map(({ id }) => column.textOf(id)))];
  return texts.length === 1 ? (texts[0] ?? '') : `${texts.length} values`;
}
