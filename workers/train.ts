import { isTraining, type TheoryTask } from '../src/sweep/task.js';
import type { TrainRequest, WarmUpRequest, WorkerReply, WorkerRequest } from '../src/training/protocol.js';

/**
 * Entry of a worker's thread. What a request needs is loaded at the first of its kind: loading TensorFlow in all threads at once is
 * not safe, and computations don't need it.
 */
let train: ((request: WarmUpRequest | TrainRequest) => Promise<WorkerReply>) | undefined;

const clock = { now: () => performance.now(), date: () => new Date() };

export default async function handle(request: WorkerRequest): Promise<WorkerReply> {
  if (isComputation(request)) {
    const { compute } = await import('../src/computing/compute.js');
    return compute(request, clock);
  }
  if (train === undefined) {
    const { requestHandler } = await import('../src/training/handle-request.js');
    train = requestHandler(clock);
  }
  return train(request as WarmUpRequest | TrainRequest);
}

function isComputation(request: WorkerRequest): request is TrainRequest<TheoryTask> {
  return request.type === 'train' && !isTraining(request.task);
}
