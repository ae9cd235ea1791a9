import { statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readComputedRuns } from '../aggregate/computed.js';
import { readRun, toParts, type MissingRun, type PartRuns, type Run } from '../aggregate/runs.js';
import { groupsTable } from '../report/tables/groups-table.js';
import { meansTables } from '../report/tables/means-tables.js';
import type { Table } from '../report/tables/table.js';
import { examineTheory } from '../report/theory/registry.js';
import { theoryTable } from '../report/theory/theory-table.js';
import { TASK_FILES, taskFolder } from '../store/task-folder.js';
import { isTraining, type TrainingTask } from '../sweep/task.js';
import type { TableView } from './page/protocol.js';
import type { SweepWatch } from './watch.js';

interface ReadRun {
  /** Of the marker that was there. */
  readonly version: string;
  readonly run: Run | MissingRun;
}

/**
 * The tables of a sweep as they fill. A finished run's files are checked and read once, one run a turn of the event loop, and of
 * its evaluations the first and the last are kept.
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
    const runs = (await this.#parts()).flatMap((part) => part.runs);
    const unique = [...new Map(runs.map((run) => [run.task.id, run])).values()];
    const of = (ids: ReadonlySet<string>): Run[] => unique.filter(({ task }) => ids.has(task.id));
    return toView(groupsTable(of(a), of(b)));
  }

  /** Null for a task that has not finished. */
  async run(id: string): Promise<Run | null> {
    await this.#parts();
    const run = this.#runs.get(id)?.run;
    return run !== undefined && 'evaluations' in run ? run : null;
  }

  /** One reading serves all who ask meanwhile. */
  async #parts(): Promise<PartRuns[]> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<PartRuns[]> {
    const { sweep, outDir } = this.#watch;
    for (const task of sweep.tasks.filter(isTraining)) {
      const version = markerVersion(outDir, task);
      if (version !== 'none' && this.#runs.get(task.id)?.version === version) continue;
      this.#runs.set(task.id, { version, run: withEnds(readRun(task, outDir)) });
      if (version !== 'none') await nextTurn();
    }
    const read = new Map([...this.#runs].map(([id, { run }]) => [id, run]));
    this.#watch.noteCorrupt(corruptOf([...read.values()]));
    return toParts(sweep, read);
  }

  #makeTables(parts: readonly PartRuns[]): TableView[] {
    const { sweep, outDir } = this.#watch;
    const computed = readComputedRuns(outDir, sweep.tasks);
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

function corruptOf(runs: readonly (Run | MissingRun)[]): Map<string, string> {
  return new Map(
    runs.flatMap((run) => ('reason' in run && run.state === 'corrupt' ? [[run.task.id, run.reason]] : [])),
  );
}

/** All evaluations of all runs would be most of the memory; tables show the last, and some of the theory's the first. */
function withEnds(run: Run | MissingRun): Run | MissingRun {
  return 'reason' in run
    ? run
    : { ...run, evaluations: run.evaluations.slice(0, 1).concat(run.evaluations.slice(-1)) };
}

function markerVersion(outDir: string, task: Pick<TrainingTask, 'name'>): string {
  const stats = statSync(path.join(taskFolder(outDir, task), TASK_FILES.done), { throwIfNoEntry: false });
  return stats === undefined ? 'none' : `${stats.mtimeMs} ${stats.size}`;
}

function toView({ name, title, caption, head, body, notes }: Table): TableView {
  return { name, title, caption, head, body, notes };
}
