import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Table as ArrowTable } from 'apache-arrow';
import { loadContributions } from '../report/contribution.js';
import { isFinished, readRun, toParts, type MissingRun, type PartRuns, type Run } from '../report/runs.js';
import { meansColumns } from '../report/cells.js';
import { groupsTable } from '../report/tables/groups-table.js';
import { meansTables } from '../report/tables/means-tables.js';
import type { Table } from '../report/tables/table.js';
import { statsOf } from '../store/files.js';
import { assertNoSymlinks, TASK_FILES, taskFolder } from '../store/task-folder.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { TableView } from './page/protocol.js';
import { orOnStoreError } from './store-error.js';
import type { SweepWatch } from './watch.js';

interface ReadRun {
  /** Of the marker that was there. */
  readonly version: string;
  readonly run: Run | MissingRun;
}

/**
 * The tables of a sweep as they fill. A finished run's files are checked and read once, one run a turn of the event loop, and of
 * its evaluations the first and the last two are kept.
 */
export class Results {
  readonly #watch: SweepWatch;
  readonly #runs = new Map<string, ReadRun>();
  #reading: Promise<PartRuns[]> | null = null;
  #tables: { readonly version: string; readonly tables: readonly TableView[] } | null = null;

  constructor(watch: SweepWatch) {
    this.#watch = watch;
  }

  /** Means, and what stands beside them. */
  async tables(): Promise<readonly TableView[]> {
    const parts = await this.#parts();
    const version = this.#version();
    if (this.#tables?.version !== version) this.#tables = { version, tables: await makeTables(parts) };
    return this.#tables.tables;
  }

  /** Two groups of tasks side by side, by what they came to. */
  async compare(a: ReadonlySet<string>, b: ReadonlySet<string>): Promise<TableView> {
    const { tasks } = this.#watch.sweep;
    const asked = tasks.filter(({ id }) => a.has(id) || b.has(id));
    const detailsOf = await loadDetails(asked);
    const runs = [...(await this.#readRuns(asked, detailsOf)).values()].filter(isFinished);
    const of = (ids: ReadonlySet<string>): Run[] => runs.filter(({ task }) => ids.has(task.id));
    const columns = asked.flatMap((task) => meansColumns({ details: detailsOf(task) }, task));
    const distinct = [...new Map(columns.map((column) => [column.name, column])).values()];
    return toView(groupsTable(of(a), of(b), distinct));
  }

  /** Null for a task that has not finished. */
  async run(task: Task): Promise<Run | null> {
    const detailsOf = await loadDetails([task]);
    const run = this.#readRun(task, detailsOf(task));
    return isFinished(run) ? run : null;
  }

  /** One reading serves all who ask meanwhile. */
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
    this.#watch.noteCorrupt(corruptOf([...read.values()]));
    return toParts(sweep, read, detailsOf);
  }

  async #readRuns(
    tasks: readonly Task[],
    detailsOf: (task: Task) => ExperimentDetails,
  ): Promise<Map<string, Run | MissingRun>> {
    const read = new Map<string, Run | MissingRun>();
    for (const task of tasks) {
      const known = this.#runs.get(task.id)?.run;
      const run = this.#readRun(task, detailsOf(task));
      read.set(task.id, run);
      if (run !== known && isFinished(run)) await nextTurn();
    }
    return read;
  }

  /** Anew where its marker is another, or there is none. */
  #readRun(task: Task, details: ExperimentDetails): Run | MissingRun {
    const { outDir } = this.#watch;
    const version = markerVersion(outDir, task);
    const known = this.#runs.get(task.id);
    if (version !== 'none' && known?.version === version) return known.run;
    const run = readOwnRun(task, outDir, details);
    this.#runs.set(task.id, { version, run });
    return run;
  }

  /** Another one when any task has ended, begun anew, or been found corrupt. */
  #version(): string {
    const runs = [...this.#runs.values()];
    return runs.map(({ version, run }) => (isFinished(run) ? version : run.reason)).join();
  }
}

async function makeTables(parts: readonly PartRuns[]): Promise<TableView[]> {
  const contributions = await loadContributions();
  const means = parts.flatMap((part) => meansTables(part, contributions) ?? []);
  const findings = contributions.flatMap((contribution) => contribution.findings?.(parts).tables ?? []);
  return [...means, ...findings].map(toView);
}

function corruptOf(runs: readonly (Run | MissingRun)[]): Map<string, string> {
  return new Map(
    runs.flatMap((run) => (!isFinished(run) && run.state === 'corrupt' ? [[run.task.id, run.reason]] : [])),
  );
}

/** A run whose files can't be looked at is no reason to show none of the others. */
function readOwnRun(task: Task, outDir: string, details: ExperimentDetails): Run | MissingRun {
  const read = (): Run | MissingRun => {
    assertNoSymlinks(taskFolder(outDir, task));
    return withEnds(readRun(task, outDir, details));
  };
  return orOnStoreError(read, (reason) => ({ task, state: 'corrupt', reason }));
}

/** All evaluations of all runs would be most of the memory; tables show the last two, and findings the first. */
function withEnds(run: Run | MissingRun): Run | MissingRun {
  return isFinished(run) ? { ...run, evaluations: run.evaluations && ends(run.evaluations) } : run;
}

function ends(evaluations: ArrowTable): ArrowTable {
  return evaluations.numRows <= 3 ? evaluations : evaluations.slice(0, 1).concat(evaluations.slice(-2));
}

/** `none` too where it can't be looked at: then the run is read, which tells why. */
function markerVersion(outDir: string, task: Pick<Task, 'name'>): string {
  const look = (): string => {
    const stats = statsOf(path.join(taskFolder(outDir, task), TASK_FILES.done));
    return stats === null ? 'none' : `${stats.mtimeMs} ${stats.size}`;
  };
  return orOnStoreError(look, () => 'none');
}

function toView({ name, title, caption, head, body, notes }: Table): TableView {
  return { name, title, caption, head, body, notes };
}
