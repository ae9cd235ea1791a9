import sse from '@fastify/sse';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InputError } from '../errors.js';
import type { ServedSweep } from './api.js';
import type { SweepChange, SweepState } from './page/protocol.js';

/** Pages that follow at a time. */
const MAX_FOLLOWERS = 32;
/** A page that lost its server tries again after so long. */
const RETRY_MS = 1_000;

/** Streams of events: first how a sweep is, then what changes. */
export async function serveEvents(
  server: FastifyInstance,
  sweeps: ReadonlyMap<string, ServedSweep>,
): Promise<void> {
  await server.register(sse.default, { heartbeatInterval: 15_000 });
  let followers = 0;
  const refuse = async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (headers.accept?.includes('text/event-stream') !== true)
      await reply.code(406).send({ error: 'these are events: accept text/event-stream' });
    else if (followers >= MAX_FOLLOWERS)
      await reply.code(503).send({ error: `${MAX_FOLLOWERS} pages follow already: close one` });
  };
  server.get<{ Querystring: { sweep?: string } }>(
    '/api/events',
    { sse: true, preHandler: refuse },
    async ({ query }, reply) => {
      // Else an error would end the stream, not be its answer.
      reply.sse.keepAlive();
      const served = query.sweep === undefined ? [...sweeps.values()][0] : sweeps.get(query.sweep);
      if (served === undefined) throw new InputError('this server shows no such sweep');
      const { watch, presentation } = served;
      const { experiments } = presentation;
      const titles = [...sweeps.values()].map(({ watch: { sweep } }) => ({
        name: sweep.name,
        title: sweep.title ?? sweep.name,
      }));
      const state = (): SweepState => ({ ...watch.state(), experiments, sweeps: titles });
      const first = state();
      const stop = watch.listen(follow(reply, state));
      followers += 1;
      reply.sse.onClose(() => {
        followers -= 1;
        stop();
      });
      await reply.sse.send({ event: 'state', data: first, retry: RETRY_MS });
      return;
    },
  );
}

/** To a page that is slow to read, what it missed is sent as a whole: nothing is kept for it. */
function follow(reply: FastifyReply, state: () => SweepState): (change: SweepChange) => void {
  let isSending = false;
  let hasMissed = false;
  const send = async (event: string, data: unknown): Promise<void> => {
    isSending = true;
    await reply.sse.send({ event, data });
    isSending = false;
    if (!hasMissed) return;
    hasMissed = false;
    await send('state', state());
  };
  return (change) => {
    if (isSending) hasMissed = true;
    // What can't be sent went to a page that is gone.
    else send('change', change).catch(() => undefined);
  };
}
