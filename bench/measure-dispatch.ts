import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lineOutput } from '../src/api/run-lines.js';
import { installedVersions } from '../src/task/registry.js';
import { runSweep } from '../src/run/run-sweep.js';
import { TASK_FILES, taskFolder } from '../src/store/task-folder.js';
import { loadSweep, type Sweep } from '../src/sweep/load.js';
import type { MeasureOptions } from './options.js';
import type { DispatchResult } from './result.js';
import { spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { commitTrivially } from './trivial-task.js';

const TASKS = 10_000;
const TENTH = 0.1;
/** Number of commits that are timed separately. */
const COMMITS = 1_000;

/** Measures a sweep of tasks that train nothing, in one thread: the time per task, the part of its commits, and a run without pending tasks. */
export async function measureDispatch(options: MeasureOptions): Promise<DispatchResult> {
  return inTemporaryFolder(async (folder) => {
    const tasks = Math.min(TASKS, options.steps ?? TASKS);
    const file = path.join(folder, 'trivial.yaml');
    writeFileSync(file, JSON.stringify(trivialSweep(tasks)));
    const sweep = loadSweep(file, { versions: installedVersions() });
    const out = path.join(folder, 'out');
    options.progress(`dispatch: ${String(tasks)} tasks`);
    const elapsedMs = await timeSweep(sweep, out);
    options.progress('dispatch: only commits');
    const commitMs = timeCommits(sweep, path.join(folder, 'commits'));
    const finished: number[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      options.progress(
        `dispatch: run without pending tasks, round ${String(round)} of ${String(options.rounds)}`,
      );
      finished.push(await timeSweep(sweep, out));
    }
    const ends = sweep.tasks.map(
      (task) => statSync(path.join(taskFolder(out, task), TASK_FILES.done)).mtimeMs,
    );
    return {
      tasks,
      taskMs: elapsedMs / tasks,
      commitMs,
      firstTenthMs: timeOfPart(ends, 0),
      lastTenthMs: timeOfPart(ends, 1 - TENTH),
      finishedRunMs: spreadOf(finished),
    };
  });
}

function trivialSweep(tasks: number): object {
  const seed = Array.from({ length: tasks }, (_, index) => index);
  return { experiment: 'linear', grid: { dimensions: [[3, 12, 20]], seed }, settings: { steps: 1 } };
}

async function timeSweep(sweep: Sweep, outDir: string): Promise<number> {
  const start = performance.now();
  await runSweep(sweep, {
    outDir,
    workers: 1,
    retries: 0,
    retryDiverged: false,
    retrainCorrupt: false,
    checkpointEveryMs: 1_000,
    isolation: 'thread',
    stallMs: 60_000,
    memoryBytes: Infinity,
    logLevel: 'info',
    signal: new AbortController().signal,
    output: lineOutput(() => undefined),
    workerUrl: new URL('trivial-worker.js', import.meta.url),
  });
  return performance.now() - start;
}

/** Returns the milliseconds per task of its durable commits alone. */
function timeCommits({ tasks }: Sweep, outDir: string): number {
  mkdirSync(path.join(outDir, 'tasks'), { recursive: true });
  const some = tasks.slice(0, COMMITS);
  const start = performance.now();
  for (const task of some) commitTrivially(taskFolder(outDir, task), task);
  return (performance.now() - start) / some.length;
}

/** Returns the milliseconds per task within a tenth of the tasks, in the order in which they finished. */
function timeOfPart(ends: readonly number[], from: number): number {
  const sorted = [...ends].sort((a, b) => a - b);
  const first = Math.floor(from * (sorted.length - 1));
  const last = Math.min(sorted.length - 1, Math.floor((from + TENTH) * (sorted.length - 1)));
  return ((sorted[last] ?? NaN) - (sorted[first] ?? NaN)) / Math.max(1, last - first);
}
