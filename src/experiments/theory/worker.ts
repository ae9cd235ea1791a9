import { join } from 'node:path';
import { logSchema } from '../../logs/schemas.js';
import { commitResults, removeUnfinished, TASK_FILES } from '../../store/task-folder.js';
import { stepsOf } from '../../task/cost.js';
import type { TheoryTask } from '../../task/task.js';
import { rowColumns } from './details.js';
import type { Computation, Verdict } from './computations/computation.js';
import { computations } from './computations/registry.js';
import { failedOutcome } from '../../forms/failed-outcome.js';
import type { TaskOutcome } from '../../task/outcome.js';
import type { Clock, TrainRequest } from '../../task/protocol.js';
import { recordSession } from '../../forms/session-record.js';
import { RowLog } from '../../logs/row-log.js';

/**
 * Runs a computation of the theory to its end or a stop request. It takes seconds and keeps no checkpoint: what was stopped starts
 * again. Its files are a function of the settings alone.
 */
export function run(request: TrainRequest, clock: Clock): TaskOutcome {
  try {
    // A worker is only given tasks of its experiment.
    return compute(request as TrainRequest<TheoryTask>, clock);
  } catch (error) {
    return failedOutcome(error);
  }
}

function compute(request: TrainRequest<TheoryTask>, clock: Clock): TaskOutcome {
  const { task, folder } = request;
  const start = { ms: clock.now(), date: clock.date() };
  const computation: Computation = computations[task.settings.kind];
  const log = new RowLog(
    join(folder, TASK_FILES.rowsStream),
    logSchema(task, rowColumns(task.settings.kind)),
  );
  try {
    const verdict = runToEnd(computation, request, log);
    if (verdict === null) return { type: 'stopped', step: null, fromStep: 0, recovered: null };
    const elapsedMs = clock.now() - start.ms;
    const session = { start: start.date, end: clock.date(), fromStep: 0, toStep: log.rows, elapsedMs };
    recordSession(join(folder, TASK_FILES.run), session);
    commitResults(folder, task.id, {
      [TASK_FILES.rows]: log.finish(),
      [TASK_FILES.verdict]: encodeVerdict(computation, verdict),
    });
    removeUnfinished(folder);
    const steps = stepsOf(task.settings);
    return { type: 'done', fromStep: 0, steps, elapsedMs, summary: summaryOf(verdict), recovered: null };
  } finally {
    log.close();
  }
}

/** Logs the rows, and counts them for the coordinator. @returns null if it was asked to stop */
function runToEnd(
  computation: Computation,
  { task, shared, slot }: TrainRequest<TheoryTask>,
  log: RowLog,
): Verdict | null {
  const cells = new Int32Array(shared);
  const running = computation.run(task.settings);
  for (;;) {
    const next = running.next();
    if (next.done) {
      // It may have ended with fewer rows than it could have.
      Atomics.store(cells, 1 + slot, stepsOf(task.settings));
      return next.value;
    }
    log.append(next.value);
    Atomics.store(cells, 1 + slot, log.rows);
    if (Atomics.load(cells, 0) === 1) return null;
  }
}

/** For example `step-limit, incomplete`. */
function summaryOf({ outcome, complete, holds }: Verdict): string {
  return [outcome, ...(complete ? [] : ['incomplete']), ...(holds ? [] : ['does not hold'])].join(', ');
}

/** As JSON, which has no NaN: null where a number is not defined. */
function encodeVerdict({ statement }: Computation, verdict: Verdict): Uint8Array {
  const { outcome, complete, holds, measures } = verdict;
  return Buffer.from(`${JSON.stringify({ outcome, complete, holds, measures, statement }, null, 2)}\n`);
}
