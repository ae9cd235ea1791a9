import { setImmediate } from 'node:timers/promises';
import { InputError, StoreError } from '../errors.js';
import { taskFolder, verifyTask } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import { loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formats, type FormatName } from './formats/registry.js';
import { Groups } from './groups.js';
import { NewFile } from './new-file.js';
import { rowKinds, type RowName } from './rows/registry.js';
import type { Batch, DetailsOf, ExportColumn, ExportTask, RowKind } from './table.js';

export interface ExportOptions {
  readonly outDir: string;
  readonly rows: RowName;
  readonly format: FormatName;
  readonly file: string;
  /** Whether the file may replace an existing one. */
  readonly force: boolean;
  /** Whether to include the rows of tasks that are not done. */
  readonly unfinished: boolean;
  readonly signal: AbortSignal;
}

export interface ExportResult {
  readonly rows: number;
  readonly bytes: number;
  /** The number of tasks that have no such rows: computations, for example, have no steps. */
  readonly otherTasks: number;
  /** The number of tasks that are not done. */
  readonly unfinished: number;
  readonly corrupt: readonly CorruptExport[];
}

export interface CorruptExport {
  readonly name: string;
  readonly problem: string;
}

/**
 * Exports a sweep into one file, task by task. The file appears only once it is complete.
 * @throws an InputError if the sweep has no such rows, or the signal's reason when it aborts
 */
export async function exportSweep(sweep: Sweep, options: ExportOptions): Promise<ExportResult> {
  const kind = rowKinds[options.rows];
  const details = await loadDetails(sweep.tasks);
  const tasks = sweep.tasks.filter((task) => kind.appliesTo(task, details));
  if (tasks.length === 0)
    throw new InputError(`${sweep.file} has ${kind.missing}: choose other rows with --rows`);
  const columns = kind.columns(tasks, details);
  const writer = formats[options.format](columns);
  const file = new NewFile(options.file, options.force);
  try {
    const groups = new Groups();
    const write = (group: Batch | null) => {
      if (group !== null) file.write(writer.encode(group));
    };
    const corrupt: CorruptExport[] = [];
    let rows = 0;
    let unfinished = 0;
    for (const task of tasks) {
      // Yield to the event loop, so that signals are handled.
      await setImmediate();
      options.signal.throwIfAborted();
      const { state, problem, batches } = readTask({ kind, columns, details }, task, options);
      if (problem !== null) corrupt.push({ name: task.name, problem });
      if (state !== 'done') unfinished += 1;
      for (const batch of batches) {
        rows += batch.rows;
        write(groups.add(batch));
      }
    }
    write(groups.rest());
    file.write(writer.finish());
    file.commit();
    return { rows, bytes: file.bytes, otherTasks: sweep.tasks.length - tasks.length, unfinished, corrupt };
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** The kind of rows to export, with their columns. */
interface ExportTable {
  readonly kind: RowKind;
  readonly columns: readonly ExportColumn[];
  readonly details: DetailsOf;
}

interface ReadTask {
  readonly state: ExportTask['state'];
  /** Why the task is left out as corrupt, or null. */
  readonly problem: string | null;
  readonly batches: Iterable<Batch>;
}

/** Reads a task's rows, one batch at a time. Corrupt files are detected before the first batch. */
function readTask(
  table: ExportTable,
  task: Task,
  { outDir, unfinished }: Pick<ExportOptions, 'outDir' | 'unfinished'>,
): ReadTask {
  const { kind, columns, details } = table;
  const folder = taskFolder(outDir, task);
  const state = verifyTask(folder, task.id);
  const isWanted = state.state === 'done' || unfinished || !kind.hasUnfinishedRows;
  const problem = state.state === 'corrupt' ? state.problem : null;
  if (!isWanted) return { state: state.state, problem, batches: [] };
  try {
    const batches = kind.batches({ task, folder, state: state.state }, columns, details)[Symbol.iterator]();
    const first = batches.next();
    return {
      state: state.state,
      problem,
      batches: first.done === true ? [] : startingWith(first.value, batches),
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // A run may have finished the task in the meantime, and deleted the files of unfinished tasks.
    if (state.state !== 'done' && verifyTask(folder, task.id).state === 'done')
      return readTask(table, task, { outDir, unfinished });
    return { state: 'corrupt', problem: error.message, batches: [] };
  }
}

function* startingWith(first: Batch, rest: Iterator<Batch>): Generator<Batch> {
  for (let batch = first; ;) {
    yield batch;
    const next = rest.next();
    if (next.done === true) return;
    batch = next.value;
  }
}
