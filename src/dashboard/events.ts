import sse from '@fastify/sse';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InputError } from '../errors.js';
import type { ServedSweep } from './api.js';
import type { SweepChange, SweepState } from './page/protocol.js';

/** The maximum number of connected pages. */
const MAX_PAGES = 32;
/** The time after which a page that lost the connection tries again. */
const RETRY_MS = 1_000;

/** Serves event streams: first the state of a sweep, then its changes. */
export async function serveEvents(
  server: FastifyInstance,
  sweeps: ReadonlyMap<string, ServedSweep>,
): Promise<void> {
  await server.register(sse.default, { heartbeatInterval: 15_000 });
  let pages = 0;
  const checkRequest = async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (headers.accept?.includes('text/event-stream') !== true)
      await reply
        .code(406)
        .send({ error: 'this endpoint streams events: send the header Accept: text/event-stream' });
    else if (pages >= MAX_PAGES)
      await reply.code(503).send({ error: `${MAX_PAGES} pages are already connected: close one` });
  };
  server.get<{ Querystring: { sweep?: string } }>(
    '/api/events',
    { sse: true, preHandler: checkRequest },
    async ({ query }, reply) => {
      // Otherwise an error would end the stream instead of becoming the response.
      reply.sse.keepAlive();
      const served = query.sweep === undefined ? [...sweeps.values()][0] : sweeps.get(query.sweep);
      if (served === undefined) throw new InputError('unknown sweep: this server does not show it');
      const { watch, presentation } = served;
      const { experiments } = presentation;
      const titles = [...sweeps.values()].map(({ watch: { sweep } }) => ({
        name: sweep.name,
        title: sweep.title ?? sweep.name,
      }));
      const state = (): SweepState => ({ ...watch.state(), experiments, sweeps: titles });
      const first = state();
      const stop = watch.listen(follow(reply, state));
      pages += 1;
      reply.sse.onClose(() => {
        pages -= 1;
        stop();
      });
      await reply.sse.send({ event: 'state', data: first, retry: RETRY_MS });
      return;
    },
  );
}

/** Sends changes to a page. If the page reads too slowly, it later gets the whole state instead of a backlog of changes. */
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
    // A change that can't be sent was for a page that is gone.
    else send('change', change).catch(() => undefined);
  };
}
