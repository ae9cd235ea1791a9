import { ThreadPool } from '../src/pool/thread-pool.js';
import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { prepareTaskFolder, taskFolder } from '../src/store/task-folder.js';
import type { TrainingTask } from '../src/experiments/vae/settings/task.js';
import type { MeasureOptions } from './options.js';
import type { WorkersResult } from './result.js';
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
 * Compares one task at a time with two tasks at a time, in one pool of two threads: the second thread is idle or trains. Both threads have
 * compiled the shape before. Measures whole tasks with their logs and files, until the last one is done.
 */
export async function measureWorkers(options: MeasureOptions): Promise<WorkersResult> {
  return inTemporaryFolder(async (folder) => {
    setNativeEnvironment();
    const pool = new ThreadPool({
      workers: 2,
      workerUrl: WORKER,
      plugins: [],
      checkpointEveryMs: CHECKPOINT_EVERY_MS,
    });
    try {
      await Promise.race([pool.warmUp(MEASURED.map(({ shape }) => taskOf(shape, 1, 0))), pool.broken]);
      const results: WorkersResult = [];
      for (const measured of MEASURED) results.push(await measureShape(pool, folder, measured, options));
      return results;
    } finally {
      await pool.destroy();
    }
  });
}

async function measureShape(
  pool: ThreadPool,
  folder: string,
  { shape, steps: usualSteps }: (typeof MEASURED)[number],
  options: MeasureOptions,
): Promise<WorkersResult[number]> {
  const steps = Math.min(usualSteps, options.steps ?? usualSteps);
  const samples = { one: [] as Throughput[], two: [] as Throughput[] };
  let tasks = 0;
  const train = async (count: number, length: number) =>
    trainAtOnce(
      pool,
      folder,
      Array.from({ length: count }, () => taskOf(shape, length, tasks++)),
    );
  options.progress(`workers: ${shape}, compiling`);
  await train(2, 1);
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`workers: ${shape}, round ${round} of ${options.rounds}`);
    samples.one.push(await train(1, steps));
    samples.two.push(await train(2, steps));
  }
  const spreads = (figure: keyof Throughput) => ({
    one: spreadOf(samples.one.map((throughput) => throughput[figure])),
    two: spreadOf(samples.two.map((throughput) => throughput[figure])),
  });
  const { one, two } = spreads('stepsPerSecond');
  const ownCores = spreads('stepsPerSecondOnOwnCores');
  return {
    shape,
    oneStepsPerSecond: one,
    twoStepsPerSecond: two,
    ratio: ratioOf(two, one),
    processorRatio: ratioOf(ownCores.two, ownCores.one),
  };
}

/** Throughput of all tasks together. */
interface Throughput {
  readonly stepsPerSecond: number;
  /** Throughput without competing processes, computed from the processor time per step. */
  readonly stepsPerSecondOnOwnCores: number;
}

async function trainAtOnce(
  pool: ThreadPool,
  outDir: string,
  tasks: readonly TrainingTask[],
): Promise<Throughput> {
  const folders = tasks.map((task) => prepareTaskFolder(taskFolder(outDir, task), task));
  const cpu = process.cpuUsage();
  const start = performance.now();
  const outcomes = await Promise.all(
    tasks.map((task, index) =>
      pool.train(index, { task, folder: folders[index] ?? '', fromStep: 0, predecessor: null }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  for (const outcome of outcomes)
    if (outcome.type !== 'done')
      throw new Error(`a task of the part "workers" did not finish: ${JSON.stringify(outcome)}`);
  const steps = tasks.reduce((sum, { settings }) => sum + settings.steps, 0);
  const processorSeconds = (user + system) / 1e6;
  return {
    stepsPerSecond: steps / seconds,
    stepsPerSecondOnOwnCores: (tasks.length * steps) / processorSeconds,
  };
}
