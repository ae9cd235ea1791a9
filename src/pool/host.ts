import type { HostReply, HostRequest } from './host-protocol.js';
import { ThreadPool } from './thread-pool.js';

/** The time between reports of steps to the coordinator. */
const REPORT_STEPS_EVERY_MS = 100;

/** Handles the coordinator's requests with training threads of this process. Its event loop is free while they train. */
export function hostThreads(send: (reply: HostReply) => void): (request: HostRequest) => void {
  let pool: ThreadPool | null = null;
  const open = (request: Extract<HostRequest, { type: 'open' }>): ThreadPool => {
    const opened = new ThreadPool(request);
    opened.broken.catch((error: unknown) => {
      send({ type: 'broken', message: error instanceof Error ? error.message : String(error) });
    });
    reportSteps(opened, send);
    return opened;
  };
  return (request) => {
    if (request.type === 'open') pool = open(request);
    else if (pool === null) throw new Error('A host received a request before it was opened.');
    else if (request.type === 'stop') pool.requestStop(request.slot);
    else void answer(pool, request, send);
  };
}

async function answer(
  pool: ThreadPool,
  request: Extract<HostRequest, { type: 'warmUp' | 'train' }>,
  send: (reply: HostReply) => void,
): Promise<void> {
  if (request.type === 'train') {
    const { slot, assignment } = request;
    const outcome = await pool.train(slot, assignment);
    send({ type: 'outcome', slot, step: pool.stepOf(slot), outcome });
    return;
  }
  try {
    await pool.warmUp(request.tasks);
    send({ type: 'warm' });
  } catch (error) {
    send({ type: 'broken', message: error instanceof Error ? error.message : String(error) });
  }
}

function reportSteps(pool: ThreadPool, send: (reply: HostReply) => void): void {
  setInterval(() => {
    const steps = pool.training().map((slot) => [slot, pool.stepOf(slot)] as const);
    if (steps.length > 0) send({ type: 'steps', steps });
  }, REPORT_STEPS_EVERY_MS);
}
