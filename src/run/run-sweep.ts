import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { BucketError } from '../errors.js';
import { checkDiskSpace } from '../store/disk-space.js';
import { takeoverText } from '../store/lock-owner.js';
import { acquireStoreLock } from '../store/lock.js';
import { findPredecessors } from '../store/predecessors.js';
import { prepareSweepFolder, writeManifest } from '../store/sweep-folder.js';
import { readTaskState, taskFolder, verifyTask } from '../store/task-folder.js';
import { readTaskStates } from '../store/task-states.js';
import type { Sweep } from '../sweep/load.js';
import type { Predecessor } from '../task/protocol.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import type { Executor, ExecutionOptions } from './executor.js';
import type { LogLevel } from './log.js';
import type { LocalExecutor } from './local-executor.js';
import { RunControl } from './control.js';
import { learnCosts } from './learned-costs.js';
import { logSettlement } from './ledger.js';
import { openLog } from './log.js';
import type { Advance } from './stored-sweep.js';
import { decisionLine } from './decision-line.js';
import { settleCorrupt } from './settle.js';
import type { CorruptTask, FailedTask } from './triage.js';
import { bytesToWrite, triage } from './triage.js';

export interface RunOptions extends ExecutionOptions {
  /** Whether to execute tasks again that diverged (had a non-finite loss) in an earlier run. */
  readonly retryDiverged: boolean;
  /** Whether to execute only the failed tasks, including those that diverged. @default false */
  readonly onlyFailed?: boolean;
  readonly logLevel: LogLevel;
  /** Executes the tasks elsewhere and collects their results. @default executes them on this machine */
  readonly executor?: Executor;
  /** The tasks to continue from, by the ids of their successors. @default those in the store */
  readonly predecessors?: ReadonlyMap<string, Predecessor>;
  /** Whether people may stop the run, and cancel, retry or reorder its tasks, through files in the store. @default false */
  readonly acceptsRequests?: boolean;
  /** Decides which tasks come next, for a search whose tasks depend on results. */
  readonly advance?: Advance | null;
}

export interface RunResult {
  /** Whether a stop was requested before all tasks had ended, or a task was cancelled. */
  readonly interrupted: boolean;
  /** The number of done tasks, including those of earlier runs. */
  readonly done: number;
  /** The tasks that failed, with their messages. */
  readonly failed: readonly FailedTask[];
  /** The tasks whose files do not match their checksums. */
  readonly corrupt: readonly CorruptTask[];
  /** Path of the run's log, in JSON lines. */
  readonly logFile: string;
}

type SweepToRun = Pick<Sweep, 'name' | 'file' | 'tasks'>;

interface Run {
  readonly sweep: SweepToRun;
  readonly options: RunOptions;
  readonly executor: Executor;
  readonly logger: Logger;
  readonly print: (line: string) => void;
  /** Null if the run accepts no requests. */
  readonly control: RunControl | null;
}

/**
 * Executes the sweep's unfinished tasks while holding the store's lock. Failed tasks are returned, not thrown.
 * @throws a StoreBusyError, once the workers have stopped, if another process took over the store
 */
export async function runSweep(sweep: SweepToRun, options: RunOptions): Promise<RunResult> {
  const { run, prepare, logFile, lost, close, release } = await openRun(sweep, options);
  try {
    const { tasks, ...result } = await runStages(run, prepare).finally(close);
    // The abort reason names the new owner.
    if (result.interrupted) lost.throwIfAborted();
    await sendResults(tasks, result, options, run.print);
    return { ...result, logFile };
  } finally {
    await release();
  }
}

/** A store whose lock this process holds, and the log of a run. */
export interface OpenRun {
  readonly run: Run;
  readonly logFile: string;
  /** Aborts if another process took over the store. The reason names it. */
  readonly lost: AbortSignal;
  /** Writes the sweep's manifest. Until it is called, the manifest of an earlier run remains. */
  readonly prepare: (sweep: SweepToRun) => void;
  /** Ends the workers. */
  readonly close: () => Promise<void>;
  /** Releases the store's lock. */
  readonly release: () => Promise<void>;
}

/**
 * Takes the store's lock and opens the run's log. Workers start with the first task.
 * @param minWorkers number of workers to start even for fewer tasks
 */
export async function openRun(sweep: SweepToRun, options: RunOptions, minWorkers = 0): Promise<OpenRun> {
  const { output } = options;
  const lock = await acquireStoreLock(options.outDir, { signal: options.signal, onWait: output.line });
  const release = async (): Promise<void> => lock.release();
  try {
    const startedAt = new Date().toISOString();
    const prepare = ({ name, file, tasks }: SweepToRun): void => {
      writeManifest(options.outDir, { name, file, startedAt, tasks });
    };
    const log = openLog(prepareSweepFolder(options.outDir, sweep.name), options.logLevel);
    const print = (line: string): void => {
      log.logger.info(line);
      output.line(line);
    };
    if (lock.takenOverFrom !== null) print(takeoverText(lock.takenOverFrom));
    let local: LocalExecutor | null = null;
    const executor: Executor =
      options.executor ??
      (async (...start) => {
        // Load the pool only when there are tasks to execute.
        local ??= new (await import('./local-executor.js')).LocalExecutor(minWorkers);
        return local.execute(...start);
      });
    const control =
      options.acceptsRequests === true
        ? new RunControl({ ...options, ...log, nonce: lock.nonce, sweep: sweep.name, line: output.line })
        : null;
    const signal = AbortSignal.any([
      options.signal,
      lock.lost,
      ...(control === null ? [] : [control.stopped]),
    ]);
    const { cancellationOf, onNext } = control ?? options;
    const executed = {
      ...options,
      signal,
      ...(cancellationOf && { cancellationOf }),
      ...(onNext && { onNext }),
    };
    return {
      run: { sweep, options: executed, executor, logger: log.logger, print, control },
      logFile: log.file,
      lost: lock.lost,
      prepare,
      close: async () => {
        control?.close();
        await local?.close();
      },
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

type Outcome = Omit<RunResult, 'logFile'>;

const NONE: ReadonlySet<string> = new Set();

/**
 * Executes the known tasks, then those that failed and that somebody asked to retry, and then those that results decide on, until there are
 * no more.
 */
async function runStages(
  run: Run,
  prepare: (sweep: SweepToRun) => void,
): Promise<Outcome & Pick<SweepToRun, 'tasks'>> {
  const { advance, signal } = run.options;
  prepare(run.sweep);
  const givenUp = new Set<string>();
  let retried = NONE;
  for (let { sweep } = run; ;) {
    run.control?.setTasks(sweep.tasks);
    const result = { ...(await runTasks({ ...run, sweep }, givenUp, retried)), tasks: sweep.tasks };
    for (const { task } of result.failed) givenUp.add(task.id);
    retried = run.control?.takeRetries() ?? NONE;
    if (result.interrupted && signal.aborted) return result;
    if (retried.size > 0) continue;
    if (!advance) return result;
    const next = advance(givenUp);
    for (const stage of next.decided) run.print(decisionLine(stage));
    const known = new Set(sweep.tasks.map(({ id }) => id));
    if (next.sweep.tasks.every(({ id }) => known.has(id))) {
      for (const line of undecidedLines(next.sweep.searches, run.options.outDir)) run.print(line);
      return result;
    }
    sweep = next.sweep;
    prepare(sweep);
  }
}

/** Returns a line for each search that this run could not complete, for example because `--only` left tasks out. */
function undecidedLines(searches: Sweep['searches'], outDir: string): string[] {
  return searches.flatMap(({ part, stages }) => {
    const last = stages.at(-1);
    if (last?.ranking !== null) return [];
    const tasks = last.candidates.flat();
    const done = tasks.filter((task) => readTaskState(taskFolder(outDir, task), task.id).state === 'done');
    return `${part}: ${last.name} has no decision, because only ${formatCount(done.length)} of its ${formatCount(tasks.length)} tasks are done`;
  });
}

/** Executes the known tasks that are not done. */
export async function runTasks(
  { sweep, options, executor, logger, print }: Omit<Run, 'control'>,
  givenUp: ReadonlySet<string>,
  retried: ReadonlySet<string> = NONE,
): Promise<Outcome> {
  const { outDir, retrainCorrupt, signal, exchange } = options;
  if (retrainCorrupt) await setCorruptAside(sweep, options, logger);
  await exchange?.fetch(outDir, sweep.tasks, { signal, print });
  const states = readTaskStates(outDir, sweep.tasks);
  const found = triage(
    sweep.tasks,
    states,
    {
      ...options,
      givenUp,
      retried,
      ...(options.executor !== undefined && { workers: null }),
      costOf: learnCosts(outDir, sweep.tasks, states).costOf,
    },
    options.predecessors ?? findPredecessors(outDir, sweep.tasks, states),
  );
  print(found.summary);
  const { done, pending, failed } = found;
  if (pending.length === 0) return { interrupted: false, done, failed, corrupt: found.corrupt };
  checkDiskSpace(outDir, bytesToWrite(found.pending), sweep.tasks);
  const result = await executor({ tasks: sweep.tasks.length, done, pending }, { ...options, logger });
  const allFailed = [...failed, ...result.failed];
  const corrupt = [...found.corrupt, ...result.corrupt];
  const allDone = done + result.done;
  // A stop was requested, or a task was cancelled.
  const interrupted = result.done + result.failed.length + result.corrupt.length < pending.length;
  logger.info({ done: allDone, failed: allFailed.length, interrupted }, 'session over');
  return { interrupted, done: allDone, failed: allFailed, corrupt };
}

/** Sends the results that could not be sent when their tasks finished. After a stop, failures are left to the next run. */
async function sendResults(
  tasks: readonly Task[],
  { interrupted }: Pick<RunResult, 'interrupted'>,
  { exchange, executor, outDir }: RunOptions,
  print: (line: string) => void,
): Promise<void> {
  if (executor !== undefined) return;
  try {
    await exchange?.sendAll(outDir, print, tasks);
  } catch (error) {
    if (!interrupted || !(error instanceof BucketError)) throw error;
    print(error.message);
  }
}

/** Sets corrupt tasks aside after reading the contents of all files. A run otherwise checks only markers and sizes. */
async function setCorruptAside(
  { tasks }: SweepToRun,
  { outDir, output, signal }: RunOptions,
  logger: Logger,
): Promise<void> {
  for (const task of tasks) {
    if (signal.aborted) return;
    // Yield to the event loop, so that the lock's heartbeat can run.
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
