import { join } from 'node:path';
import { rowSchema } from '../logs/schemas.js';
import { commitResults, removeUnfinished, TASK_FILES } from '../store/task-folder.js';
import { stepsOf } from '../sweep/cost.js';
import type { TheoryTask } from '../sweep/task.js';
import type { Computation, Verdict } from '../theory/computations/computation.js';
import { computations } from '../theory/computations/registry.js';
import { failedOutcome } from '../training/failed-outcome.js';
import type { TrainOutcome, TrainRequest } from '../training/protocol.js';
import { recordSession } from '../training/session-record.js';
import type { Clock } from '../training/clock.js';
import { RowLog } from './row-log.js';

/**
 * Runs a computation of the theory to its end or a stop request. It takes seconds and keeps no checkpoint: what was stopped starts
 * again. Its files are a function of the settings alone.
 */
export function compute(request: TrainRequest<TheoryTask>, clock: Clock): TrainOutcome {
  try {
    return computeAll(request, clock);
  } catch (error) {
    return failedOutcome(error);
  }
}

function computeAll({ task, folder, shared, slot }: TrainRequest<TheoryTask>, clock: Clock): TrainOutcome {
  const start = { ms: clock.now(), date: clock.date() };
  const cells = new Int32Array(shared);
  const computation: Computation = computations[task.settings.kind];
  const columns = Object.entries(computation.columns).map(([name, quantity]) => ({ name, ...quantity }));
  const log = new RowLog(join(folder, TASK_FILES.rowsStream), rowSchema(task, columns));
  try {
    const running = computation.run(task.settings);
    let next = running.next();
    for (; !next.done; next = running.next()) {
      log.append(next.value);
      Atomics.store(cells, 1 + slot, log.rows);
      if (Atomics.load(cells, 0) === 1) return { type: 'stopped', step: 0, fromStep: 0, recovered: null };
    }
    const verdict = next.value;
    const elapsedMs = clock.now() - start.ms;
    recordSession(join(folder, TASK_FILES.run), {
      start: start.date,
      end: clock.date(),
      fromStep: 0,
      toStep: log.rows,
      elapsedMs,
    });
    commitResults(folder, task.id, {
      [TASK_FILES.rows]: log.finish(),
      [TASK_FILES.verdict]: encodeVerdict(computation, verdict),
    });
    removeUnfinished(folder);
    Atomics.store(cells, 1 + slot, stepsOf(task.settings));
    const { outcome, complete, holds } = verdict;
    return { type: 'computed', outcome, complete, holds, elapsedMs };
  } finally {
    log.close();
  }
}

/** As JSON, which has no NaN: null where a number is not defined. */
function encodeVerdict({ statement }: Computation, verdict: Verdict): Uint8Array {
  const { outcome, complete, holds, measures } = verdict;
  return Buffer.from(`${JSON.stringify({ outcome, complete, holds, measures, statement }, null, 2)}\n`);
}
