import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Table as ArrowTable } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readComputedRuns, type ComputedRuns } from '../experiments/theory/computed.js';
import { readRun, toParts, type MissingRun, type PartRuns, type Run } from '../report/runs.js';
import { groupsTable } from '../report/tables/groups-table.js';
import { meansTables } from '../report/tables/means-tables.js';
import type { Table } from '../report/tables/table.js';
import { examineTheory } from '../experiments/paper/statements/registry.js';
import { theoryTable } from '../experiments/paper/statements/theory-table.js';
import { statsOf } from '../store/files.js';
import { refuseTaskLinks, TASK_FILES, taskFolder } from '../store/task-folder.js';
import { isTraining, type Task, type TrainingTask } from '../task/task.js';
import type { TableView } from './page/protocol.js';
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

  /** Means with the paper's numbers beneath, and what the runs say of the theory. */
  async tables(): Promise<readonly TableView[]> {
    const parts = await this.#parts();
    const version = this.#version();
    if (this.#tables?.version !== version) this.#tables = { version, tables: this.#makeTables(parts) };
    return this.#tables.tables;
  }

  /** Two groups of tasks side by side, by their last evaluations. */
  async compare(a: ReadonlySet<string>, b: ReadonlySet<string>): Promise<TableView> {
    const asked = this.#training().filter(({ id }) => a.has(id) || b.has(id));
    const runs = [...(await this.#readRuns(asked)).values()].filter(isFinished);
    const of = (ids: ReadonlySet<string>): Run[] => runs.filter(({ task }) => ids.has(task.id));
    return toView(groupsTable(of(a), of(b)));
  }

  /** Null for a task that has not finished. */
  run(task: TrainingTask): Run | null {
    const run = this.#readRun(task);
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
    const read = await this.#readRuns(this.#training());
    this.#watch.noteCorrupt(corruptOf([...read.values()]));
    return toParts(this.#watch.sweep, read);
  }

  #training(): TrainingTask[] {
    return this.#watch.sweep.tasks.filter(isTraining);
  }

  async #readRuns(tasks: readonly TrainingTask[]): Promise<Map<string, Run | MissingRun>> {
    const read = new Map<string, Run | MissingRun>();
    for (const task of tasks) {
      const known = this.#runs.get(task.id)?.run;
      const run = this.#readRun(task);
      read.set(task.id, run);
      if (run !== known && isFinished(run)) await nextTurn();
    }
    return read;
  }

  /** Anew where its marker is another, or there is none. */
  #readRun(task: TrainingTask): Run | MissingRun {
    const { outDir } = this.#watch;
    const version = markerVersion(outDir, task);
    const known = this.#runs.get(task.id);
    if (version !== 'none' && known?.version === version) return known.run;
    const run = readOwnRun(task, outDir);
    this.#runs.set(task.id, { version, run });
    return run;
  }

  #makeTables(parts: readonly PartRuns[]): TableView[] {
    const { sweep, outDir } = this.#watch;
    const computed = readOwnComputations(outDir, sweep.tasks);
    const theory = examineTheory({ computed, parts });
    const tables = [
      ...parts.flatMap(meansTables),
      ...(theory.length === 0 ? [] : [theoryTable(theory)]),
      ...theory.flatMap((statement) => statement.tables),
    ];
    return tables.map(toView);
  }

  /** Another one when any task has ended, begun anew, or been found corrupt. */
  #version(): string {
    const { sweep, outDir } = this.#watch;
    const computations = sweep.tasks.filter((task) => !isTraining(task));
    return [
      ...[...this.#runs.values()].map(({ version, run }) => ('reason' in run ? run.reason : version)),
      ...computations.map((task) => markerVersion(outDir, task)),
    ].join();
  }
}

function isFinished(run: Run | MissingRun): run is Run {
  return 'evaluations' in run;
}

function corruptOf(runs: readonly (Run | MissingRun)[]): Map<string, string> {
  return new Map(
    runs.flatMap((run) => ('reason' in run && run.state === 'corrupt' ? [[run.task.id, run.reason]] : [])),
  );
}

/** A run whose files can't be looked at is no reason to show none of the others. */
function readOwnRun(task: TrainingTask, outDir: string): Run | MissingRun {
  const problem = linkProblem(outDir, task);
  if (problem !== null) return { task, state: 'corrupt', reason: problem };
  try {
    return withEnds(readRun(task, outDir));
  } catch (error) {
    if (error instanceof StoreError) return { task, state: 'corrupt', reason: error.message };
    throw error;
  }
}

function readOwnComputations(outDir: string, tasks: readonly Task[]): ComputedRuns<Task> {
  const computations = tasks.filter((task) => !isTraining(task));
  const linked = computations.flatMap((task) => {
    const reason = linkProblem(outDir, task);
    return reason === null ? [] : [{ task, state: 'corrupt' as const, reason }];
  });
  const isLinked = new Set<Task>(linked.map(({ task }) => task));
  const own = readComputedRuns<Task>(
    outDir,
    computations.filter((task) => !isLinked.has(task)),
  );
  return { runs: own.runs, missing: [...own.missing, ...linked] };
}

/** Why a task's files are not to be read, or null. */
function linkProblem(outDir: string, task: Task): string | null {
  try {
    refuseTaskLinks(taskFolder(outDir, task));
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

/** All evaluations of all runs would be most of the memory; tables show the last two, and some of the theory's the first. */
function withEnds(run: Run | MissingRun): Run | MissingRun {
  return 'reason' in run ? run : { ...run, evaluations: ends(run.evaluations) };
}

function ends(evaluations: ArrowTable): ArrowTable {
  return evaluations.numRows <= 3 ? evaluations : evaluations.slice(0, 1).concat(evaluations.slice(-2));
}

/** `none` too where it can't be looked at: then the run is read, which tells why. */
function markerVersion(outDir: string, task: Pick<Task, 'name'>): string {
  try {
    const stats = statsOf(path.join(taskFolder(outDir, task), TASK_FILES.done));
    return stats === null ? 'none' : `${stats.mtimeMs} ${stats.size}`;
  } catch (error) {
    if (error instanceof StoreError) return 'none';
    throw error;
  }
}

function toView({ name, title, caption, head, body, notes }: Table): TableView {
  return { name, title, caption, head, body, notes };
}
