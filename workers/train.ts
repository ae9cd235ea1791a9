import type { WorkerReply, WorkerRequest } from '../src/training/protocol.js';

/** Entry of a training thread. TensorFlow is loaded at the first request: loading it in all threads at once is not safe. */
let handler: ((request: WorkerRequest) => Promise<WorkerReply>) | undefined;

export default async function handle(request: WorkerRequest): Promise<WorkerReply> {
  if (handler === undefined) {
    const { requestHandler } = await import('../src/training/handle-request.js');
    handler = requestHandler({ now: () => performance.now(), date: () => new Date() });
  }
  return handler(request);
}
