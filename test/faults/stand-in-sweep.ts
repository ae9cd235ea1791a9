import { settlementLines } from '../../src/api/run-lines.js';
import type { Assignment, TaskPool } from '../../src/pool/task-pool.js';
import type { RunEnd } from '../../src/run/ledger.js';
import { runLocally } from '../../src/run/local-queue.js';
import { openLog } from '../../src/run/log.js';
import { Tally } from '../../src/run/tally.js';
import { triage } from '../../src/run/triage.js';
import { CorruptTaskError, StoreError } from '../../src/errors.js';
import { findPredecessors } from '../../src/store/predecessors.js';
import { prepareSweepFolder, writeManifest } from '../../src/store/sweep-folder.js';
import { setAside, taskFolder, verifyTask } from '../../src/store/task-folder.js';
import { readTaskStates } from '../../src/store/task-states.js';
import { isTraining } from '../../src/experiments/vae/settings/task.js';
import type { Task } from '../../src/task/task.js';
import type { TaskOutcome } from '../../src/task/outcome.js';
import { isCrash } from './crash.js';
import type { Ledger } from './ledger.js';
import { trainStandIn } from './stand-in-training.js';

/** Events of a session in addition to training. Steps by task name. */
export interface Session {
  readonly retrainCorrupt?: boolean;
  readonly retries?: number;
  readonly failAt?: Readonly<Record<string, number>>;
  readonly stopAt?: Readonly<Record<string, number>>;
  /** Receives the lines that the user sees. */
  readonly say?: (line: string) => void;
}

/** Does the same as `runSweep` without the lock, in this thread and one task after another. */
export async function runSession(
  outDir: string,
  tasks: readonly Task[],
  session: Session,
  ledger: Ledger,
): Promise<RunEnd> {
  const { retrainCorrupt = false, retries = 0 } = session;
  const manifest = { name: 'mine', file: 'mine.yaml', startedAt: '2026-01-01T00:00:00.000Z', tasks };
  const { logger } = openLog(prepareSweepFolder(outDir, manifest.name), 'info');
  writeManifest(outDir, manifest);
  if (retrainCorrupt) setCorruptAside(outDir, tasks, ledger);
  const states = readTaskStates(outDir, tasks);
  const found = triage(
    tasks,
    states,
    { retryDiverged: false, workers: 1 },
    findPredecessors(outDir, tasks, states),
  );
  logger.info(found.summary);
  for (const { task, failures } of found.pending) if (failures > 0) ledger.begin(task.name, 'failed', false);
  const stop = new AbortController();
  const result = await runLocally(found.pending, {
    pool: standInPool(session, ledger, stop),
    tally: new Tally({ ...found, tasks: tasks.length }, 1, () => 0),
    logger,
    output: {
      settled: (task, settlement) => {
        settlementLines(task, settlement).forEach((line) => session.say?.(line));
        if (settlement.type === 'failed') ledger.settle(task.name, 'failed', true);
      },
    },
    outDir,
    workers: 1,
    retries,
    retrainCorrupt,
    signal: stop.signal,
  });
  return { ...result, corrupt: [...found.corrupt, ...result.corrupt] };
}

function setCorruptAside(outDir: string, tasks: readonly Task[], ledger: Ledger): void {
  for (const task of tasks) {
    const folder = taskFolder(outDir, task);
    if (verifyTask(folder, task.id).state !== 'corrupt') continue;
    ledger.begin(task.name, 'corrupt', false);
    setAside(folder);
    ledger.settle(task.name, 'corrupt', false);
  }
}

function standInPool(session: Session, ledger: Ledger, stop: AbortController): TaskPool {
  return {
    broken: new Promise<never>(() => undefined),
    stepOf: () => 0,
    requestStop: () => undefined,
    kill: () => Promise.resolve(),
    warmUp: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
    async train({ task, folder }: Assignment, onStart: (slot: number) => void) {
      ledger.settle(task.name, 'failed', false);
      onStart(0);
      const outcome = await Promise.resolve(trainOrFail(task, folder, session, ledger, stop));
      if (outcome.type === 'failed') ledger.begin(task.name, 'failed', true);
      return outcome;
    },
  };
}

function trainOrFail(
  task: Task,
  folder: string,
  { failAt, stopAt }: Session,
  ledger: Ledger,
  stop: AbortController,
): TaskOutcome {
  if (!isTraining(task)) throw new Error('Only training tasks have a stand-in.');
  try {
    return trainStandIn(task, folder, {
      ledger,
      failsAt: ({ name }, step) => failAt?.[name] === step,
      isStopRequested: ({ name }, step) => {
        if (stopAt?.[name] === step) stop.abort();
        return stop.signal.aborted;
      },
    });
  } catch (error) {
    if (isCrash(error)) throw error;
    if (error instanceof CorruptTaskError) return { type: 'corrupt', problem: error.message };
    if (error instanceof StoreError) return { type: 'unwritable', message: error.message };
    return { type: 'failed', message: String(error), stack: null };
  }
}
