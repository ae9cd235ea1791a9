import path from 'node:path';
import type { RecordBatch, Table } from 'apache-arrow';
import type { ColumnValues } from '../logs/encode.js';
import { readLog, readLogStart, valueAt } from '../logs/read.js';
import { pendingColumns } from '../logs/step-log.js';
import { openNewestCheckpoint } from '../store/checkpoint.js';
import { TASK_FILES } from '../store/task-folder.js';
import type { ExportTask } from './table.js';

/** A batch of rows of a log in memory. */
export interface LogRows {
  readonly rows: number;
  readonly names: readonly string[];
  /** Returns a column; null if the log does not have it. */
  readonly column: (name: string) => ColumnValues | null;
}

export type ExportedLog = 'steps' | 'evaluations' | 'rows';

/**
 * Yields the rows of a task's log, batch by batch: all rows of a done task, and those in the last checkpoint of a task that is training.
 * One log at a time is completely in memory: a training log has at most 10,000,000 rows, that of a computation at most a million.
 */
export function* logRows(task: ExportTask, log: ExportedLog): Generator<LogRows> {
  if (task.state === 'done') yield* tableRows(readLog(path.join(task.folder, TASK_FILES[log])));
  else if (log !== 'rows') yield* unfinishedRows(task, log);
}

function* tableRows(table: Table): Generator<LogRows> {
  for (const batch of table.batches)
    yield {
      rows: batch.numRows,
      names: batch.schema.fields.map(({ name }) => name),
      column: (name) => columnValues(batch, name),
    };
}

function columnValues(batch: RecordBatch, name: string): ColumnValues | null {
  const vector = batch.getChild(name);
  if (vector === null) return null;
  const values: unknown = vector.nullCount === 0 ? vector.toArray() : null;
  if (values instanceof Float32Array || values instanceof Float64Array || values instanceof Int32Array)
    return values;
  return Array.from({ length: batch.numRows }, (_, row) => valueAt(batch, name, row));
}

/** Yields the rows of an unfinished task. A run may be active: it replaces checkpoints and appends to the streams that they refer to. */
function* unfinishedRows({ task, folder }: ExportTask, log: 'steps' | 'evaluations'): Generator<LogRows> {
  const found = openNewestCheckpoint(folder, task.id, (checkpoint) => checkpoint);
  if (found === null) return;
  const { stepLog, evaluationLog } = found.value;
  const file = path.join(folder, log === 'steps' ? TASK_FILES.stepsStream : TASK_FILES.evaluationsStream);
  const table = readLogStart(file, log === 'steps' ? stepLog.stream : evaluationLog);
  if (table === null) return;
  yield* tableRows(table);
  const rows = stepLog.pendingSteps.length;
  if (log === 'evaluations' || rows === 0) return;
  const names = table.schema.fields.map(({ name }) => name);
  const columns = new Map(pendingColumns(stepLog).map((values, index) => [names[index], values]));
  yield { rows, names, column: (name) => columns.get(name) ?? null };
}
