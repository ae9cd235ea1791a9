import { Piscina } from 'piscina';
import '../src/experiments/index.js';
import type { ThreadData } from '../src/pool/thread-pool.js';
import { experimentOf } from '../src/task/registry.js';
import type { WorkerModule, WorkerReply, WorkerRequest } from '../src/task/protocol.js';
import type { Task } from '../src/task/task.js';
import { installSamePlugins } from '../src/input/plugins.js';

/** Plugins are installed before the first request is handled, because its task may need them. */
const pluginsInstalled = installSamePlugins((Piscina.workerData as ThreadData | undefined)?.plugins ?? []);

const clock = { now: () => performance.now(), date: () => new Date() };

/**
 * Entry point of a worker thread: trains a task, or warms up for the tasks of a request. The modules of an experiment are loaded with
 * its first request, because not every experiment needs TensorFlow, and loading it in several threads at once is not safe.
 * @returns the outcome of the task, or `{ type: 'warm' }`
 */
export default async function handle(request: WorkerRequest): Promise<WorkerReply> {
  await pluginsInstalled;
  if (request.type === 'train') return (await load(addressOf(request.task))).run(request, clock);
  for (const address of new Set(request.tasks.map(addressOf))) {
    const { warmUp } = await load(address);
    await warmUp?.(request.tasks.filter((task) => addressOf(task) === address));
  }
  return { type: 'warm' };
}

function addressOf({ settings }: Task): string {
  return experimentOf(settings).worker.href;
}

async function load(address: string): Promise<WorkerModule> {
  return (await import(address)) as WorkerModule;
}
