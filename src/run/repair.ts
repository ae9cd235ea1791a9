import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { recordedMarker } from '../store/attempts.js';
import { inspectTask, type Damage } from '../store/damage.js';
import { hashFile, writeFileDurably } from '../store/files.js';
import { findPredecessors } from '../store/predecessors.js';
import {
  markedHashes,
  prepareTaskFolder,
  TASK_FILES,
  taskFolder,
  writeMarker,
} from '../store/task-folder.js';
import { readTaskStates } from '../store/task-states.js';
import type { Sweep } from '../sweep/load.js';
import { stepsOf } from '../task/cost.js';
import type { Task } from '../task/task.js';
import { learnCosts } from './learned-costs.js';
import { openRun, runSweep, runTasks, type RunOptions, type RunResult } from './run-sweep.js';
import { withTemporaryStore } from './temporary-store.js';
import { triage } from './triage.js';

/**
 * Writes the records and markers of these tasks again. The caller holds the store's lock.
 * @param signal stops between two tasks with its reason, for example that the lock was lost
 */
export async function restoreRecords(
  outDir: string,
  damages: readonly Damage[],
  signal: AbortSignal,
): Promise<void> {
  for (const { task } of damages) {
    // Yield to the event loop, so that the lock's heartbeat and a stop request are not kept waiting.
    await nextTurn();
    signal.throwIfAborted();
    const folder = taskFolder(outDir, task);
    // A run may have changed the task before this process got the lock.
    const remedy = inspectTask(outDir, task).damage?.remedy;
    const marker = remedy === 'marker' ? recordedMarker(folder, task.id) : null;
    if (marker !== null) writeMarker(folder, marker);
    if (marker !== null || remedy === 'record') prepareTaskFolder(folder, task);
  }
}

/**
 * Evaluates the final states of tasks again, in a temporary store, and restores the samples that have the SHA-256 of the marker. The
 * caller holds the store's lock. Stops with the reason of `options.signal`.
 */
export async function restoreSamples(
  sweep: Pick<Sweep, 'name' | 'file'>,
  tasks: readonly Task[],
  options: RunOptions,
): Promise<void> {
  const { outDir, signal } = options;
  const predecessors = new Map(
    tasks.map((task) => {
      const { id, settings } = task;
      return [id, { id, folder: taskFolder(outDir, task), steps: stepsOf(settings) }] as const;
    }),
  );
  await withTemporaryStore(outDir, async (temporary) => {
    await runSweep({ ...sweep, tasks }, { ...options, outDir: temporary, predecessors });
    for (const task of tasks) {
      await nextTurn();
      signal.throwIfAborted();
      const [target, source] = [outDir, temporary].map((out) =>
        path.join(taskFolder(out, task), TASK_FILES.samples),
      ) as [string, string];
      const sha256 = markedHashes(path.dirname(target))?.get(TASK_FILES.samples);
      if (existsSync(source) && hashFile(source) === sha256) writeFileDurably(target, readFileSync(source));
    }
  });
}

/** Returns the estimated milliseconds to execute these tasks of the sweep again. */
export function executionMs(
  sweep: Pick<Sweep, 'tasks'>,
  tasks: readonly Task[],
  { outDir, workers }: Pick<RunOptions, 'outDir' | 'workers'>,
): number {
  const { costOf } = learnCosts(outDir, sweep.tasks, readTaskStates(outDir, sweep.tasks));
  const states = new Map(tasks.map(({ id }) => [id, { state: 'new' } as const]));
  const predecessors = findPredecessors(outDir, tasks, states);
  return triage(tasks, states, { retryDiverged: false, workers, costOf }, predecessors).remainingMs ?? 0;
}

/** Executes corrupt tasks of a sweep again. The sweep's manifest keeps all of its tasks. */
export async function executeAgain(
  sweep: Pick<Sweep, 'name' | 'file' | 'tasks'>,
  tasks: readonly Task[],
  options: RunOptions,
): Promise<Pick<RunResult, 'interrupted' | 'failed'>> {
  const { run, prepare, lost, close, release } = await openRun(sweep, { ...options, retrainCorrupt: true });
  try {
    prepare(sweep);
    const result = await runTasks({ ...run, sweep: { ...sweep, tasks } }, new Set());
    if (result.interrupted) lost.throwIfAborted();
    return result;
  } finally {
    await close();
    await release();
  }
}
