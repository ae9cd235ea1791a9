import { availableParallelism } from 'node:os';
import { ThreadPool } from '../src/pool/thread-pool.js';
import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { prepareTaskFolder, taskFolder } from '../src/store/task-folder.js';
import type { TrainingTask } from '../src/experiments/vae/settings/task.js';
import { compileFmaLoop } from './fma-loop.js';
import type { MeasureOptions } from './options.js';
import type { ScalingResult } from './result.js';
import { CHECKPOINT_EVERY_MS, taskOf } from './shapes.js';
import { ratioOf, spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Steps per task, which take about five seconds. */
const MEASURED = [
  { shape: 'linear', steps: 120_000 },
  { shape: 'sphere', steps: 4_000 },
] as const;

const WORKER = new URL('../workers/train.js', import.meta.url).href;

/**
 * Executes 1, 2, 4, ... tasks at a time, up to one per core, in one pool with a thread per core: the other threads are idle. All threads
 * have compiled the shape before. Measures whole tasks with their logs and files, until the last one is done. In the same rounds, a loop
 * of multiply-adds without memory accesses runs on as many threads: it shows how much the cores themselves slow each other down.
 */
export async function measureScaling(options: MeasureOptions): Promise<ScalingResult> {
  return inTemporaryFolder(async (folder) => {
    setNativeEnvironment();
    const cores = availableParallelism();
    const pool = new ThreadPool({
      workers: cores,
      workerUrl: WORKER,
      plugins: [],
      checkpointEveryMs: CHECKPOINT_EVERY_MS,
    });
    try {
      await Promise.race([pool.warmUp(MEASURED.map(({ shape }) => taskOf(shape, 1, 0))), pool.broken]);
      const fmaLoop = compileFmaLoop(folder);
      const results: ScalingResult = [];
      for (const measured of MEASURED)
        results.push(...(await measureShape({ pool, folder, cores, fmaLoop }, measured, options)));
      return results;
    } finally {
      await pool.destroy();
    }
  });
}

interface Bench {
  readonly pool: ThreadPool;
  readonly folder: string;
  readonly cores: number;
  readonly fmaLoop: (threads: number) => number;
}

async function measureShape(
  { pool, folder, cores, fmaLoop }: Bench,
  { shape, steps: usualSteps }: (typeof MEASURED)[number],
  options: MeasureOptions,
): Promise<ScalingResult> {
  const steps = Math.min(usualSteps, options.steps ?? usualSteps);
  const counts = workerCounts(cores);
  const samples = counts.map(() => ({ tasks: [] as number[], loop: [] as number[] }));
  let tasks = 0;
  const train = async (count: number, length: number) =>
    trainAtOnce(
      pool,
      folder,
      Array.from({ length: count }, () => taskOf(shape, length, tasks++)),
    );
  options.progress(`scaling: ${shape}, compiling`);
  await train(cores, 1);
  for (let round = 1; round <= options.rounds; round++)
    for (const [index, count] of counts.entries()) {
      options.progress(`scaling: ${shape}, ${count} at a time, round ${round} of ${options.rounds}`);
      samples[index]?.tasks.push(await train(count, steps));
      samples[index]?.loop.push(fmaLoop(count));
    }
  const spreads = samples.map((sample) => ({ tasks: spreadOf(sample.tasks), loop: spreadOf(sample.loop) }));
  const [one] = spreads;
  if (one === undefined) throw new Error('The scaling was not measured with one worker.');
  return spreads.map((spread, index) => {
    const ratio = ratioOf(spread.tasks, one.tasks);
    const loopRatio = ratioOf(spread.loop, one.loop);
    return {
      shape,
      workers: counts[index] ?? 0,
      stepsPerSecond: spread.tasks,
      ratio,
      loopRatio,
      efficiency: ratioOf(ratio, loopRatio),
    };
  });
}

/** Returns 1, 2, 4, ... and the number of cores. */
function workerCounts(cores: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

/** Returns the steps per second of all tasks together. */
async function trainAtOnce(
  pool: ThreadPool,
  outDir: string,
  tasks: readonly TrainingTask[],
): Promise<number> {
  const folders = tasks.map((task) => prepareTaskFolder(taskFolder(outDir, task), task));
  const start = performance.now();
  const outcomes = await Promise.all(
    tasks.map((task, index) =>
      pool.train(index, { task, folder: folders[index] ?? '', fromStep: 0, predecessor: null }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  for (const outcome of outcomes)
    if (outcome.type !== 'done')
      throw new Error(`a task of the part "scaling" did not finish: ${JSON.stringify(outcome)}`);
  return tasks.reduce((sum, { settings }) => sum + settings.steps, 0) / seconds;
}
