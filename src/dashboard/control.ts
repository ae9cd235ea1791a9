import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findRun, runRequestSchema, sendRequest } from '../store/run-requests.js';
import { InputError } from '../errors.js';
import { findSweep, parse, type ServedSweep } from './api.js';
import type { ControlReply } from './page/protocol.js';
import { hasToken, isSameOrigin } from './security.js';

const bodySchema = z.strictObject({ sweep: z.string().max(64), request: runRequestSchema });

export interface WriteOptions {
  readonly token: string;
  /** Whether pages may change anything. */
  readonly isEnabled: boolean;
}

/** Serves the requests by which the page controls a run. They only write a file for the run, which decides about them. */
export function serveControl(
  server: FastifyInstance,
  sweeps: ReadonlyMap<string, ServedSweep>,
  options: WriteOptions,
): void {
  server.get('/api/control', (request): ControlReply => ({
    refusal: refusalOf(request, options)?.text ?? null,
  }));

  server.post('/api/control', { preHandler: requireWriter(options) }, async ({ body, ip }, reply) => {
    const { sweep: name, request } = parse(bodySchema, body);
    const { sweep, outDir } = findSweep(sweeps, name).watch;
    if ('task' in request && request.task !== null && sweep.tasks.every(({ id }) => id !== request.task))
      throw new InputError('unknown task: the sweep does not have it');
    const run = findRun(outDir, sweep);
    const problem = run.isOpen ? sendRequest(run.folder, request, ip) : run.advice;
    if (problem !== null) return reply.code(409).send({ error: problem });
    return reply.code(202).send({});
  });
}

/** Rejects requests that may not change anything: without the token, from another origin, or while changes are switched off. */
export function requireWriter(options: WriteOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const refusal = refusalOf(request, options);
    if (refusal !== null) await reply.code(refusal.status).send({ error: refusal.text });
    else if (!isSameOrigin(request))
      await reply.code(403).send({ error: 'this request does not come from a page of this server' });
  };
}

function refusalOf(
  request: FastifyRequest,
  { token, isEnabled }: WriteOptions,
): { readonly status: number; readonly text: string } | null {
  if (!isEnabled) return { status: 403, text: 'This page is read-only because of --no-control.' };
  if (hasToken(request, token)) return null;
  return {
    status: 401,
    text: 'This page is read-only. To change anything, open the address that vae-sweep printed: it contains a token.',
  };
}
