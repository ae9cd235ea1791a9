import '../src/experiments/index.js';
import { stepsOf } from '../src/task/cost.js';
import type { WorkerReply, WorkerRequest } from '../src/task/protocol.js';
import { finishTrivially } from './trivial-task.js';

/** A worker thread that trains nothing, so that the time of a sweep consists of the coordinator's work and the disk's. */
export default function handle(request: WorkerRequest): WorkerReply {
  if (request.type === 'warmUp') return { type: 'warm' };
  const { task, folder } = request;
  finishTrivially(folder, task.id);
  const steps = stepsOf(task.settings);
  return { type: 'done', fromStep: 0, recovered: null, steps, elapsedMs: 1, summary: null };
}
