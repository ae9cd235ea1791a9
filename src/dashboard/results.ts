import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Table as ArrowTable } from 'apache-arrow';
import { sum } from 'simple-statistics';
import { loadContributions } from '../report/contribution.js';
import {
  isFinished,
  notStarted,
  readRun,
  toParts,
  type MissingRun,
  type PartRuns,
  type Run,
} from '../report/runs.js';
import { meansColumns } from '../report/cells.js';
import { groupsTable } from '../report/tables/groups-table.js';
import { meansTables } from '../report/tables/means-tables.js';
import { readAttempts } from '../store/attempts.js';
import { namesIn, statsOf } from '../store/files.js';
import { assertNoSymlinks, TASK_FILES, taskFolder, tasksFolder } from '../store/task-folder.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { ResultsReply, TableView } from './page/protocol.js';
import { withStoreErrorFallback } from './store-error.js';
import { toTableView } from './table-view.js';
import { taskColumns } from './task-columns.js';
import type { SweepWatch } from './watch.js';

interface ReadRun {
  /** The version of the task's marker at the time of reading. */
  readonly version: string;
  readonly run: Run | MissingRun;
  /** The time of all attempts; null if it is unknown. */
  readonly durationMs: number | null;
}

/**
 * The tables of a sweep while it runs. The files of each finished task are verified and read once, one task per turn of the event loop,
 * and only the first and the last two of its evaluations are kept.
 */
export class Results {
  readonly #watch: SweepWatch;
  readonly #runs = new Map<string, ReadRun>();
  #reading: Promise<PartRuns[]> | null = null;
  #tables: { readonly version: string; readonly tables: readonly TableView[] } | null = null;

  constructor(watch: SweepWatch) {
    this.#watch = watch;
  }

  /** Returns the tables of means and findings. */
  async tables(): Promise<readonly TableView[]> {
    const parts = await this.#parts();
    const version = this.#version();
    if (this.#tables?.version !== version) this.#tables = { version, tables: await makeTables(parts) };
    return this.#tables.tables;
  }

  /** Returns the settings and the results of all tasks. */
  async columns(): Promise<ResultsReply> {
    const parts = await this.#parts();
    const { tasks } = this.#watch.sweep;
    return {
      ids: tasks.map(({ id }) => id),
      columns: taskColumns(tasks, parts),
      durationsMs: tasks.map(({ id }) => this.#runs.get(id)?.durationMs ?? null),
    };
  }

  /** Returns a table that compares the results of two groups of tasks. */
  async compare(a: ReadonlySet<string>, b: ReadonlySet<string>): Promise<TableView> {
    const { tasks } = this.#watch.sweep;
    const requested = tasks.filter(({ id }) => a.has(id) || b.has(id));
    const detailsOf = await loadDetails(requested);
    const runs = [...(await this.#readRuns(requested, detailsOf)).values()].filter(isFinished);
    const of = (ids: ReadonlySet<string>): Run[] => runs.filter(({ task }) => ids.has(task.id));
    const columns = requested.flatMap((task) => meansColumns({ details: detailsOf(task) }, task));
    const distinct = [...new Map(columns.map((column) => [column.name, column])).values()];
    return toTableView(groupsTable(of(a), of(b), distinct));
  }

  /** Returns the results of a task; null if it has not finished. */
  async run(task: Task): Promise<Run | null> {
    const detailsOf = await loadDetails([task]);
    const run = this.#readRun(task, detailsOf(task));
    return isFinished(run) ? run : null;
  }

  /** Reads all tasks. Concurrent callers share one reading. */
  async #parts(): Promise<PartRuns[]> {
    this.#reading ??= this.#readParts().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readParts(): Promise<PartRuns[]> {
    const { sweep } = this.#watch;
    const detailsOf = await loadDetails(sweep.tasks);
    const read = await this.#readRuns(sweep.tasks, detailsOf);
    this.#watch.markCorrupt(corruptOf([...read.values()]));
    return toParts(sweep, read, detailsOf);
  }

  async #readRuns(
    tasks: readonly Task[],
    detailsOf: (task: Task) => ExperimentDetails,
  ): Promise<Map<string, Run | MissingRun>> {
    const read = new Map<string, Run | MissingRun>();
    // With thousands of pending tasks, looking for the files of each would take seconds.
    const folders = this.#folders();
    for (const task of tasks) {
      if (folders?.has(task.name) === false) {
        this.#runs.delete(task.id);
        read.set(task.id, notStarted(task));
        continue;
      }
      const known = this.#runs.get(task.id)?.run;
      const run = this.#readRun(task, detailsOf(task));
      read.set(task.id, run);
      if (run !== known && isFinished(run)) await nextTurn();
    }
    return read;
  }

  /** Returns the names of the tasks' folders; null if the store can't be read, so that reading each task reports why. */
  #folders(): ReadonlySet<string> | null {
    return withStoreErrorFallback(
      () => new Set(namesIn(tasksFolder(this.#watch.outDir))),
      () => null,
    );
  }

  /** Reads a task's results, unless they are known and its marker has not changed. */
  #readRun(task: Task, details: ExperimentDetails): Run | MissingRun {
    const { outDir } = this.#watch;
    const version = markerVersion(outDir, task);
    const known = this.#runs.get(task.id);
    if (version !== 'none' && known?.version === version) return known.run;
    const run = readOwnRun(task, outDir, details);
    this.#runs.set(task.id, { version, run, durationMs: durationOf(outDir, task) });
    return run;
  }

  /** Returns a version that changes when any task ends, restarts or turns out to be corrupt. */
  #version(): string {
    const runs = [...this.#runs.values()];
    return runs.map(({ version, run }) => (isFinished(run) ? version : run.reason)).join();
  }
}

async function makeTables(parts: readonly PartRuns[]): Promise<TableView[]> {
  const contributions = await loadContributions();
  const means = parts.flatMap((part) => meansTables(part, contributions) ?? []);
  const findings = contributions.flatMap((contribution) => contribution.findings?.(parts).tables ?? []);
  return [...means, ...findings].map(toTableView);
}

function corruptOf(runs: readonly (Run | MissingRun)[]): Map<string, string> {
  return new Map(
    runs.flatMap((run) => (!isFinished(run) && run.state === 'corrupt' ? [[run.task.id, run.reason]] : [])),
  );
}

/** Reads a task's results. One that can't be read counts as corrupt, so that the others are still shown. */
function readOwnRun(task: Task, outDir: string, details: ExperimentDetails): Run | MissingRun {
  const read = (): Run | MissingRun => {
    assertNoSymlinks(taskFolder(outDir, task));
    return withEnds(readRun(task, outDir, details));
  };
  return withStoreErrorFallback(read, (reason) => ({ task, state: 'corrupt', reason }));
}

function durationOf(outDir: string, task: Task): number | null {
  const attempts = withStoreErrorFallback(
    () => readAttempts(taskFolder(outDir, task)),
    () => [],
  );
  const durations = attempts.map(
    ({ fromStep, toStep, microsecondsPerStep }) => ((microsecondsPerStep ?? 0) * (toStep - fromStep)) / 1000,
  );
  return durations.length === 0 ? null : sum(durations);
}

/** Drops most evaluations, which would use most of the memory. Tables need only the last two, and findings the first. */
function withEnds(run: Run | MissingRun): Run | MissingRun {
  return isFinished(run) ? { ...run, evaluations: run.evaluations && ends(run.evaluations) } : run;
}

function ends(evaluations: ArrowTable): ArrowTable {
  return evaluations.numRows <= 3 ? evaluations : evaluations.slice(0, 1).concat(evaluations.slice(-2));
}

/** Returns the version of a task's marker. Returns `none` too if it can't be accessed: reading the task then reports why. */
function markerVersion(outDir: string, task: Pick<Task, 'name'>): string {
  const read = (): string => {
    const stats = statsOf(path.join(taskFolder(outDir, task), TASK_FILES.done));
    return stats === null ? 'none' : `${stats.mtimeMs} ${stats.size}`;
  };
  return withStoreErrorFallback(read, () => 'none');
}
