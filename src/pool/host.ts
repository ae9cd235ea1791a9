import type { HostReply, HostRequest } from './host-protocol.js';
import { ThreadPool } from './thread-pool.js';

/** How often the coordinator hears of steps. */
const STEPS_EVERY_MS = 100;

/** Answers the coordinator's requests with training threads of this process. Its event loop stays free while they train. */
export function hostThreads(send: (reply: HostReply) => void): (request: HostRequest) => void {
  let pool: ThreadPool | null = null;
  const open = (request: Extract<HostRequest, { type: 'open' }>): ThreadPool => {
    const opened = new ThreadPool(request);
    opened.broken.catch((error: unknown) => {
      send({ type: 'broken', message: error instanceof Error ? error.message : String(error) });
    });
    tellSteps(opened, send);
    return opened;
  };
  return (request) => {
    if (request.type === 'open') pool = open(request);
    else if (pool === null) throw new Error('A host was asked for something before it was opened.');
    else if (request.type === 'stop') pool.requestStop();
    else void answer(pool, request, send);
  };
}

async function answer(
  pool: ThreadPool,
  request: Extract<HostRequest, { type: 'warmUp' | 'train' }>,
  send: (reply: HostReply) => void,
): Promise<void> {
  if (request.type === 'train') {
    const { slot, job } = request;
    const outcome = await pool.train(slot, job);
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

function tellSteps(pool: ThreadPool, send: (reply: HostReply) => void): void {
  setInterval(() => {
    const steps = pool.training().map((slot) => [slot, pool.stepOf(slot)] as const);
    if (steps.length > 0) send({ type: 'steps', steps });
  }, STEPS_EVERY_MS);
}
