import { useMemo } from 'preact/hooks';
import { fetchResults } from './api.js';
import { formatDuration, formatValue } from './format.js';
import type { ResultsReply, TaskColumn, TaskInfo, TaskView } from './protocol.js';
import { useReply } from './reply.js';

/** A column of the tasks that the overview, the table and the scatter plot offer. */
export interface Column {
  readonly name: string;
  readonly kind: TaskColumn['kind'] | 'state' | 'duration' | 'step' | 'tag' | 'note';
  readonly title: string;
  readonly isVarying: boolean;
  readonly isShown: boolean;
  readonly isLog: boolean;
  /** The distinct values of a column of texts, in order; null for a column of numbers. */
  readonly texts: readonly string[] | null;
  /** Whether numbers of the column are quantities instead of positions in `texts`. */
  readonly isNumeric: boolean;
  /** Returns a number by which tasks are ordered and drawn; null if the task has no value. */
  readonly numberOf: (id: string) => number | null;
  /** Returns the value as text; empty if the task has no value. */
  readonly textOf: (id: string) => string;
  /** Formats a number of the column. */
  readonly format: (value: number) => string;
}

export interface Results {
  readonly columns: readonly Column[];
  readonly byName: ReadonlyMap<string, Column>;
  /** Why the results can't be read; null if they can. */
  readonly problem: string | null;
  /** Whether the server has replied. */
  readonly isRead: boolean;
}

const EMPTY: ResultsReply = { ids: [], columns: [], durationsMs: [] };

/** Fetches the settings and the results of all tasks. @param version changes when a task ends, and on reconnection */
export function useResults(
  sweep: string,
  version: string,
  infoById: ReadonlyMap<string, TaskInfo>,
  viewById: ReadonlyMap<string, TaskView>,
  words: Readonly<Record<TaskView['state'], { readonly word: string }>>,
): Results {
  const { value, problem } = useReply(() => fetchResults(sweep), [sweep, version]);
  return useMemo(() => {
    const reply = value ?? EMPTY;
    const rows = new Map(reply.ids.map((id, row) => [id, row]));
    const states = Object.values(words).map(({ word }) => word);
    const stateOf = (id: string): string => words[viewById.get(id)?.state ?? 'new'].word;
    const columns: Column[] = [
      {
        ...textColumn('state', 'state', states),
        numberOf: (id) => states.indexOf(stateOf(id)),
        textOf: stateOf,
      },
      ...reply.columns.map((column) => toColumn(column, rows)),
      numberColumn(
        'duration',
        'duration',
        formatDuration,
        (id) => reply.durationsMs[rows.get(id) ?? -1] ?? null,
      ),
      numberColumn('step', 'step', String, (id) => stepOf(infoById.get(id), viewById.get(id))),
    ];
    return {
      columns,
      byName: new Map(columns.map((column) => [column.name, column])),
      problem,
      isRead: value !== null,
    };
  }, [value, problem, infoById, viewById, words]);
}

function toColumn(column: TaskColumn, rows: ReadonlyMap<string, number>): Column {
  const { name, kind, title, isVarying, isShown, isLog, texts, numbers, values } = column;
  const valueOf = (id: string): number | null => values[rows.get(id) ?? -1] ?? null;
  const format = (value: number): string => (texts === null ? formatValue(value) : (texts[value] ?? ''));
  return {
    ...{ name, kind, title, isVarying, isShown, isLog, texts },
    isNumeric: texts === null || numbers !== null,
    numberOf: valueOf,
    textOf: (id) => {
      const value = valueOf(id);
      return value === null ? '' : format(value);
    },
    format,
    ...(numbers !== null && {
      numberOf: (id: string) => numbers[valueOf(id) ?? -1] ?? null,
      format: formatValue,
    }),
  };
}

function textColumn(name: string, kind: Column['kind'], texts: readonly string[]) {
  const format = (value: number): string => texts[value] ?? '';
  return {
    name,
    kind,
    title: name,
    isVarying: true,
    isShown: true,
    isLog: false,
    texts,
    isNumeric: false,
    format,
  };
}

function numberColumn(
  name: string,
  kind: Column['kind'],
  format: (value: number) => string,
  numberOf: (id: string) => number | null,
): Column {
  const textOf = (id: string): string => {
    const value = numberOf(id);
    return value === null ? '' : format(value);
  };
  const isShown = name === 'duration';
  return {
    name,
    kind,
    title: name,
    isVarying: true,
    isShown,
    isLog: false,
    texts: null,
    isNumeric: true,
    numberOf,
    textOf,
    format,
  };
}

function stepOf(info: TaskInfo | undefined, view: TaskView | undefined): number | null {
  if (info === undefined || view === undefined) return null;
  return view.state === 'done' ? info.steps : view.step;
}
