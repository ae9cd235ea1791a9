import { join } from 'node:path';
import { RowLog } from '../logs/row-log.js';
import { logSchema } from '../logs/schemas.js';
import { commitResults, removeUnfinished, TASK_FILES } from '../store/task-folder.js';
import type { LogColumn } from '../task/column.js';
import { stepsOf } from '../task/cost.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { Clock, TrainRequest, WorkerModule } from '../task/protocol.js';
import type { Settings, Task } from '../task/task.js';
import { failedOutcome } from './failed-outcome.js';
import { recordSession } from './session-record.js';

/** How an experiment computes rows. All that comes out is a function of the settings alone. */
export interface RowsDefinition<Own extends Settings> {
  /** The columns of `rows.arrow`, float64. */
  columns(settings: Own): readonly LogColumn[];
  /** Yields rows as it goes, which it can be left between, and returns what came of it. */
  run(settings: Own): Rows | AsyncRows;
}

type Row = Readonly<Record<string, number>>;
type Rows = Generator<Row, Verdict, undefined>;
type AsyncRows = AsyncGenerator<Row, Verdict, undefined>;

/** What came of a computation. All of it is kept as JSON, which has no NaN: null where a number is not defined. */
export interface Verdict {
  /** As the computation names it. */
  readonly outcome: string;
  /** Whether it got as far as it was meant to, so that `holds` speaks of all of it. */
  readonly complete: boolean;
  /** Whether what was computed is as it was expected. */
  readonly holds: boolean;
}

/**
 * The worker of an experiment that computes rows, to its end or a stop request. It keeps no checkpoint: what was stopped starts again. It
 * is only given tasks of that experiment.
 */
export function rowsWorker<Own extends Settings>(definition: RowsDefinition<Own>): WorkerModule {
  return {
    run: async (request, clock) => {
      try {
        return await compute({ ...request, task: request.task as Task<Own> }, definition, clock);
      } catch (error) {
        return failedOutcome(error);
      }
    },
  };
}

async function compute<Own extends Settings>(
  request: TrainRequest<Task<Own>>,
  definition: RowsDefinition<Own>,
  clock: Clock,
): Promise<TaskOutcome> {
  const { task, folder } = request;
  const start = { ms: clock.now(), date: clock.date() };
  const schema = logSchema(task, definition.columns(task.settings));
  const log = new RowLog(join(folder, TASK_FILES.rowsStream), schema);
  try {
    const verdict = await logToEnd(definition.run(task.settings), request, log);
    if (verdict === null) return { type: 'stopped', step: null, fromStep: 0, recovered: null };
    const elapsedMs = clock.now() - start.ms;
    const session = { start: start.date, end: clock.date(), fromStep: 0, toStep: log.rows, elapsedMs };
    recordSession(join(folder, TASK_FILES.run), session);
    commitResults(folder, task.id, {
      [TASK_FILES.rows]: log.finish(),
      [TASK_FILES.verdict]: Buffer.from(`${JSON.stringify(verdict, null, 2)}\n`),
    });
    removeUnfinished(folder);
    const steps = stepsOf(task.settings);
    return { type: 'done', fromStep: 0, steps, elapsedMs, summary: summaryOf(verdict), recovered: null };
  } finally {
    log.close();
  }
}

/** For example `step-limit, incomplete`. */
function summaryOf({ outcome, complete, holds }: Verdict): string {
  return [outcome, ...(complete ? [] : ['incomplete']), ...(holds ? [] : ['does not hold'])].join(', ');
}

/** Logs the rows, and counts them for the coordinator. @returns null if it was asked to stop */
async function logToEnd(
  rows: Rows | AsyncRows,
  { task, shared, slot }: TrainRequest,
  log: RowLog,
): Promise<Verdict | null> {
  const cells = new Int32Array(shared);
  try {
    for (;;) {
      const next = await rows.next();
      if (next.done) {
        // It may have ended with fewer rows than it could have.
        Atomics.store(cells, 1 + slot, stepsOf(task.settings));
        return next.value;
      }
      log.append(next.value);
      Atomics.store(cells, 1 + slot, log.rows);
      if (Atomics.load(cells, 0) === 1) return null;
    }
  } finally {
    // Where it is stopped or fails, the generator may have something to close.
    await rows.return(undefined as never);
  }
}
