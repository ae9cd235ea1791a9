import { Piscina } from 'piscina';
import { installPlugin } from '../src/task/user-modules.js';
import type { ThreadData } from '../src/pool/thread-pool.js';
import { isTraining, type TheoryTask } from '../src/task/task.js';
import type { TrainRequest, WarmUpRequest, WorkerReply, WorkerRequest } from '../src/task/protocol.js';

/**
 * Entry of a worker's thread. What a request needs is loaded at the first of its kind: loading TensorFlow in all threads at once is
 * not safe, and computations don't need it.
 */
let train: ((request: WarmUpRequest | TrainRequest) => Promise<WorkerReply>) | undefined;

/** Before the first task, whose data and metrics they may be. */
const pluginsInstalled = installPlugins();

const clock = { now: () => performance.now(), date: () => new Date() };

export default async function handle(request: WorkerRequest): Promise<WorkerReply> {
  await pluginsInstalled;
  if (isComputation(request)) {
    const { compute } = await import('../src/experiments/theory/worker/compute.js');
    return compute(request, clock);
  }
  if (train === undefined) {
    const { requestHandler } = await import('../src/experiments/vae/training/handle-request.js');
    train = requestHandler(clock);
  }
  return train(request as WarmUpRequest | TrainRequest);
}

function isComputation(request: WorkerRequest): request is TrainRequest<TheoryTask> {
  return request.type === 'train' && !isTraining(request.task);
}

async function installPlugins(): Promise<void> {
  const { plugins } = (Piscina.workerData as ThreadData | undefined) ?? { plugins: [] };
  if (plugins.length === 0) return;
  const { loadPlugin } = await import('../src/experiments/vae/plugins/load.js');
  for (const file of plugins) installPlugin(await loadPlugin(file));
}
