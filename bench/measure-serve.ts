import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installedVersions } from '../src/task/registry.js';
import { BatchStream, EMPTY_STREAM } from '../src/logs/batch-stream.js';
import { stepColumns } from '../src/experiments/vae/metrics/columns.js';
import { logSchema } from '../src/logs/schemas.js';
import { acquireStoreLock } from '../src/store/lock.js';
import { prepareTaskFolder, TASK_FILES, taskFolder } from '../src/store/task-folder.js';
import { readJsonFile } from '../src/store/files.js';
import { loadSweep, type Sweep } from '../src/sweep/load.js';
import type { Task } from '../src/task/task.js';
import { z } from 'zod';
import { runCommand } from './command-line.js';
import { DashboardProcess, launchBrowser, openPage } from './dashboard.js';
import type { MeasureOptions } from './options.js';
import type { ServeResult } from './result.js';
import { ratioOf, spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Number of the paper's tasks, and steps of the longest. */
const TASKS = 252;
const STEPS = 150_000;
/** Number of tasks that each run next to the dashboard trains. */
const TRAINED = 12;
const BATCH_ROWS = 5_000;
const PAUSE_MS = 1_700;

interface Store {
  readonly file: string;
  readonly out: string;
  readonly sweep: Sweep;
}

/** Measures the dashboard of a sweep of the largest linear models, whose logs grow the fastest. */
export async function measureServe(options: MeasureOptions): Promise<ServeResult> {
  return inTemporaryFolder(async (folder) => {
    const steps = Math.min(STEPS, options.steps ?? STEPS);
    const store = await makeStore(folder, steps, options);
    const looked = await measurePages(store, options);
    const updateMs = await measureUpdates(store, options);
    const runs = await measureRuns(store, options);
    return { tasks: TASKS, steps, ...looked, updateMs, ...runs };
  });
}

/** Creates a store with one trained task and copies of it. */
async function makeStore(folder: string, steps: number, { progress }: MeasureOptions): Promise<Store> {
  progress(`serve: ${TASKS} tasks of ${steps} steps`);
  const file = path.join(folder, 'serve.yaml');
  const out = path.join(folder, 'out');
  const seeds = Array.from({ length: TASKS }, (_, seed) => seed);
  const settings = { dimensions: [12, 20, 20], steps };
  writeFileSync(file, JSON.stringify({ experiment: 'linear', grid: { seed: seeds }, settings }));
  await runCommand(['run', file, '--out', out, '--only', 'seed=0']);
  const sweep = loadSweep(file, { versions: installedVersions() });
  const [first, ...others] = sweep.tasks;
  if (first !== undefined) for (const task of others) copyTask(out, first, task);
  return { file, out, sweep };
}

function copyTask(out: string, from: Task, task: Task): void {
  const folder = taskFolder(out, task);
  cpSync(taskFolder(out, from), folder, { recursive: true });
  prepareTaskFolder(folder, task);
  const marker = path.join(folder, TASK_FILES.done);
  const done = readJsonFile(marker, z.looseObject({}));
  if (done.found) writeFileSync(marker, JSON.stringify({ ...done.value, id: task.id }));
}

async function measurePages(
  { file, out }: Store,
  { rounds, progress }: MeasureOptions,
): Promise<Pick<ServeResult, 'firstPageMs' | 'peakBytes'>> {
  const browser = await launchBrowser();
  const firstPage: number[] = [];
  let peakBytes = 0;
  for (let round = 1; round <= rounds; round++) {
    progress(`serve: page ${round} of ${rounds}`);
    const dashboard = await DashboardProcess.start(file, out);
    firstPage.push(await openPage(browser, dashboard.url));
    peakBytes = Math.max(peakBytes, dashboard.peakBytes());
    await dashboard.stop();
  }
  await browser.close();
  return { firstPageMs: spreadOf(firstPage), peakBytes };
}

/** Measures the time from writing a record batch to its event, at random moments between two polls. */
async function measureUpdates({ file, out, sweep }: Store, { rounds, progress }: MeasureOptions) {
  progress('serve: updates');
  const task = sweep.tasks.at(-1);
  if (task === undefined) throw new Error('The sweep has no tasks.');
  const folder = taskFolder(out, task);
  rmSync(folder, { recursive: true });
  const dashboard = await DashboardProcess.start(file, out);
  const lock = await acquireStoreLock(out, { signal: AbortSignal.timeout(60_000), onWait: () => undefined });
  const stop = new AbortController();
  prepareTaskFolder(folder, task);
  const stream = new BatchStream(
    path.join(folder, TASK_FILES.stepsStream),
    logSchema(task, stepColumns),
    EMPTY_STREAM,
  );
  const heard = new EventTarget();
  const following = dashboard.follow(stop.signal, ({ data }) => {
    if (data.includes(task.id)) heard.dispatchEvent(new Event('event'));
  });
  const next = () =>
    new Promise<void>((resolve) => {
      heard.addEventListener(
        'event',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  await next();
  const elapsed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS + ((round * 137) % 1_000)));
    const event = next();
    const start = performance.now();
    stream.append(columnsFrom(round * BATCH_ROWS));
    await event;
    elapsed.push(performance.now() - start);
  }
  stop.abort();
  await following;
  stream.close();
  await lock.release();
  await dashboard.stop();
  rmSync(folder, { recursive: true });
  return spreadOf(elapsed);
}

function columnsFrom(step: number) {
  const steps = Int32Array.from({ length: BATCH_ROWS }, (_, row) => step + row + 1);
  return [steps, ...Array.from({ length: 5 }, () => new Float32Array(BATCH_ROWS))];
}

/** Measures pairs of runs: one alone, and one next to a dashboard with a client. */
async function measureRuns(
  store: Store,
  { rounds, progress }: MeasureOptions,
): Promise<Pick<ServeResult, 'runRatio' | 'processorShare'>> {
  const alone: number[] = [];
  const beside: number[] = [];
  const shares: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`serve: runs, pair ${round} of ${rounds}`);
    const pair: (() => Promise<void>)[] = [
      async () => {
        alone.push(await timeRun(store));
      },
      async () => {
        const { elapsedMs, share } = await timeRunBeside(store);
        beside.push(elapsedMs);
        shares.push(share);
      },
    ];
    // Alternate the order, because the second run finds warmer caches.
    for (const measure of round % 2 === 0 ? pair.reverse() : pair) await measure();
  }
  return { runRatio: ratioOf(spreadOf(beside), spreadOf(alone)), processorShare: spreadOf(shares) };
}

async function timeRun({ file, out, sweep }: Store): Promise<number> {
  for (const task of sweep.tasks.slice(-TRAINED))
    rmSync(taskFolder(out, task), { recursive: true, force: true });
  return (await runCommand(['run', file, '--out', out, '--workers', '2'])).elapsedMs;
}

/** Plays the page's role: follows events, and requests three curves with every change and the tables after each finished task. */
async function timeRunBeside(store: Store): Promise<{ elapsedMs: number; share: number }> {
  const dashboard = await DashboardProcess.start(store.file, store.out);
  const stop = new AbortController();
  const shown = store.sweep.tasks.slice(-3);
  let done = '';
  const following = dashboard.follow(stop.signal, ({ name, data }) => {
    if (name !== 'change') return;
    for (const { id } of shown) {
      const query = { sweep: store.sweep.name, task: id, metrics: 'loss,reconstruction,kl,decoderVariance' };
      const url = new URL(`/api/series?${new URLSearchParams(query).toString()}`, dashboard.url);
      fetch(url)
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
    }
    const doneNow = /"done":(\d+)/.exec(data)?.[1] ?? '';
    if (doneNow !== done)
      fetch(new URL(`/api/tables?sweep=${store.sweep.name}`, dashboard.url)).catch(() => undefined);
    done = doneNow;
  });
  // Do not count the first request, for which the server reads all finished tasks.
  await fetch(new URL(`/api/tables?sweep=${store.sweep.name}`, dashboard.url));
  const before = dashboard.processorMs();
  const elapsedMs = await timeRun(store);
  const share = (dashboard.processorMs() - before) / elapsedMs;
  stop.abort();
  await following;
  await dashboard.stop();
  return { elapsedMs, share };
}
