import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { BucketError } from '../errors.js';
import { checkDiskSpace } from '../store/disk-space.js';
import { acquireStoreLock } from '../store/lock.js';
import { findPredecessors } from '../store/predecessors.js';
import { prepareSweepFolder } from '../store/sweep-folder.js';
import { taskFolder, verifyTask } from '../store/task-folder.js';
import { readTaskStates } from '../store/task-states.js';
import type { Sweep } from '../sweep/load.js';
import type { Task } from '../task/task.js';
import type { Executor, TrainingOptions } from './executor.js';
import type { LogLevel } from './log.js';
import { learnCosts } from './learned-costs.js';
import { logSettlement } from './ledger.js';
import { openLog } from './log.js';
import { settleCorrupt } from './settle.js';
import type { CorruptTask, FailedTask, Triage } from './triage.js';
import { triage } from './triage.js';

export interface RunOptions extends TrainingOptions {
  /** Whether to train tasks again whose loss was not finite in an earlier session. */
  readonly retryDiverged: boolean;
  /** Whether to train the failed tasks alone, those whose loss was not finite too. @default false */
  readonly onlyFailed?: boolean;
  readonly logLevel: LogLevel;
  /** Has the tasks trained elsewhere, and their results sent; without it, this machine trains. */
  readonly executor?: Executor;
}

export interface RunResult {
  /** Whether a stop was asked for before all tasks had ended. */
  readonly interrupted: boolean;
  /** Done tasks, of this and of earlier sessions. */
  readonly done: number;
  readonly failed: readonly FailedTask[];
  readonly corrupt: readonly CorruptTask[];
  readonly logFile: string;
}

type SweepToRun = Pick<Sweep, 'name' | 'file' | 'tasks'>;

interface Session {
  readonly sweep: SweepToRun;
  readonly options: RunOptions;
  readonly logger: Logger;
  readonly say: (line: string) => void;
}

/**
 * Trains what the sweep lacks, alone on its store. Tasks that fail are in the result, not thrown; that another process took the
 * store over meanwhile is thrown, once the threads have stopped.
 */
export async function runSweep(sweep: SweepToRun, options: RunOptions): Promise<RunResult> {
  const { output } = options;
  const lock = await acquireStoreLock(options.outDir, {
    signal: options.signal,
    onWait: output.line,
  });
  const signal = AbortSignal.any([options.signal, lock.lost]);
  try {
    const { name, file, tasks } = sweep;
    const startedAt = new Date().toISOString();
    const log = openLog(
      prepareSweepFolder(options.outDir, { name, file, startedAt, tasks }),
      options.logLevel,
    );
    const say = (line: string): void => {
      log.logger.info(line);
      output.line(line);
    };
    if (lock.takenOverFrom !== null) say(`took the store over from ${lock.takenOverFrom}, which is gone`);
    const result = await runTasks({ sweep, options: { ...options, signal }, logger: log.logger, say });
    // With whom has the store now.
    if (result.interrupted) lock.lost.throwIfAborted();
    await sendResults(tasks, result, options, say);
    return { ...result, logFile: log.file };
  } finally {
    await lock.release();
  }
}

async function runTasks({ sweep, options, logger, say }: Session): Promise<Omit<RunResult, 'logFile'>> {
  const { outDir, retrainCorrupt, signal, exchange, executor } = options;
  if (retrainCorrupt) await setCorruptAside(sweep, options, logger);
  await exchange?.fetch(outDir, sweep.tasks, { signal, say });
  const states = readTaskStates(outDir, sweep.tasks);
  const found = triage(
    sweep.tasks,
    states,
    {
      ...options,
      ...(executor !== undefined && { workers: null }),
      costOf: learnCosts(outDir, sweep.tasks, states).costOf,
    },
    findPredecessors(outDir, sweep.tasks, states),
  );
  say(found.summary);
  const { done, pending, failed } = found;
  if (pending.length === 0) return { interrupted: false, done, failed, corrupt: found.corrupt };
  checkDiskSpace(outDir, bytesToWrite(found), sweep.tasks);
  // What trains is not loaded when there is nothing to train.
  const execute = executor ?? (await import('./train-all.js')).trainAll;
  const result = await execute({ tasks: sweep.tasks.length, done, pending }, { ...options, logger });
  const allFailed = [...failed, ...result.failed];
  const corrupt = [...found.corrupt, ...result.corrupt];
  const allDone = done + result.done;
  const ended = allDone + allFailed.length + corrupt.length;
  const interrupted = signal.aborted && ended < sweep.tasks.length;
  logger.info({ done: allDone, failed: allFailed.length, interrupted }, 'session over');
  return { interrupted, done: allDone, failed: allFailed, corrupt };
}

/** What could not be sent when it was finished. After a stop, the same command does it, with whatever else it has to do. */
async function sendResults(
  tasks: readonly Task[],
  { interrupted }: Pick<RunResult, 'interrupted'>,
  { exchange, executor, outDir }: RunOptions,
  say: (line: string) => void,
): Promise<void> {
  if (executor !== undefined) return;
  try {
    await exchange?.sendAll(outDir, say, tasks);
  } catch (error) {
    if (!interrupted || !(error instanceof BucketError)) throw error;
    say(error.message);
  }
}

/** Looks at the contents of all files, where a run otherwise looks at markers and sizes. */
async function setCorruptAside(
  { tasks }: SweepToRun,
  { outDir, output, signal }: RunOptions,
  logger: Logger,
): Promise<void> {
  for (const task of tasks) {
    if (signal.aborted) return;
    // The lock's heartbeat needs the event loop.
    await nextTurn();
    const folder = taskFolder(outDir, task);
    const state = verifyTask(folder, task.id);
    if (state.state !== 'corrupt') continue;
    const rules = { isStopping: signal.aborted, resetsCorrupt: true };
    const settlement = settleCorrupt(folder, state.problem, rules);
    logSettlement(logger, task, settlement);
    output.settled(task, settlement);
  }
}

function bytesToWrite({ pending }: Triage): number {
  return pending.reduce((sum, { cost }) => sum + cost.bytes, 0);
}
