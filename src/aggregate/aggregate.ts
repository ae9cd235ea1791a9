import path from 'node:path';
import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import { StoreError } from '../errors.js';
import { readLastRow, type LogValue } from '../logs/read.js';
import { TASK_FILES, taskFolder, verifyTask, type TaskState } from '../store/task-folder.js';
import type { Sweep, SweepPart } from '../sweep/load.js';
import type { Task, TrainingSettings } from '../sweep/task.js';

/** A metric over the finished seeds of a cell. */
export interface Aggregate {
  readonly mean: number;
  /** Of the sample (n - 1); null for one seed. */
  readonly standardDeviation: number | null;
  readonly min: number;
  readonly max: number;
  readonly values: readonly { readonly seed: number; readonly value: number }[];
}

/** Runs that differ in their seed only. */
export interface Cell {
  /** Of the first seed. */
  readonly settings: TrainingSettings;
  readonly seedsAsked: readonly number[];
  readonly seedsFinished: readonly number[];
  /** By column of the evaluation log; a metric that is null in every run is missing. */
  readonly metrics: ReadonlyMap<string, Aggregate>;
}

export interface PartSummary {
  readonly part: SweepPart;
  readonly cells: readonly Cell[];
}

export interface SweepSummary {
  readonly parts: readonly PartSummary[];
  /** Finished tasks whose files can't be trusted: they count as not finished. */
  readonly problems: readonly { readonly task: Task; readonly problem: string }[];
}

/** Means over seeds of the last evaluations, read from the Arrow logs of the tasks that are done. */
export function aggregate(sweep: Sweep, outDir: string): SweepSummary {
  const problems: { task: Task; problem: string }[] = [];
  const rows = new Map(
    sweep.tasks.flatMap((task) => {
      const row = finalEvaluation(task, outDir);
      if (typeof row === 'string') problems.push({ task, problem: row });
      return row === null || typeof row === 'string' ? [] : [[task.id, row] as const];
    }),
  );
  const parts = sweep.parts.map((part) => ({
    part,
    cells: groupBySettings(part.tasks).map((tasks) => summarise(tasks, rows)),
  }));
  return { parts, problems };
}

type Row = ReadonlyMap<string, LogValue>;

/** @returns null if the task is not done, a sentence if its files are not what they should be */
function finalEvaluation(task: Task, outDir: string): Row | string | null {
  const folder = taskFolder(outDir, task);
  const state: TaskState = verifyTask(folder, task.id);
  if (state.state === 'corrupt') return state.problem;
  if (state.state !== 'done') return null;
  try {
    const row = readLastRow(path.join(folder, TASK_FILES.evaluations));
    const step = row.get('step');
    return step === task.settings.steps ? row : `${TASK_FILES.evaluations} ends at step ${String(step)}`;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

function groupBySettings(tasks: readonly Task[]): Task[][] {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const key = JSON.stringify({ ...task.settings, seed: null });
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return [...groups.values()];
}

function summarise(tasks: readonly Task[], rows: ReadonlyMap<string, Row>): Cell {
  const [first] = tasks;
  if (first === undefined) throw new Error('A cell has no tasks.');
  const finished = tasks.flatMap((task) => {
    const row = rows.get(task.id);
    return row === undefined ? [] : [{ seed: task.settings.seed, row }];
  });
  const names = new Set(finished.flatMap(({ row }) => [...row.keys()]));
  names.delete('step');
  const metrics = [...names].flatMap((name) => {
    const values = finished.flatMap(({ seed, row }) => {
      const value = row.get(name);
      return typeof value === 'number' ? [{ seed, value }] : [];
    });
    return values.length === 0 ? [] : [[name, toAggregate(values)] as const];
  });
  return {
    settings: first.settings,
    seedsAsked: tasks.map(({ settings }) => settings.seed),
    seedsFinished: finished.map(({ seed }) => seed),
    metrics: new Map(metrics),
  };
}

function toAggregate(values: Aggregate['values']): Aggregate {
  const numbers = values.map(({ value }) => value);
  return {
    mean: mean(numbers),
    standardDeviation: numbers.length > 1 ? sampleStandardDeviation(numbers) : null,
    min: min(numbers),
    max: max(numbers),
    values,
  };
}
