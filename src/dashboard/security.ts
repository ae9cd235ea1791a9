import { createHash, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { IMPORT_MAP_HASH } from './page-html.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1'];

const tokenQuery = z.object({ token: z.string().max(200) });

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/**
 * What every request must pass, and every answer has.
 * @param token what a visitor must know, or null where only this machine can visit
 */
export async function secure(server: FastifyInstance, token: string | null): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", IMPORT_MAP_HASH],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // The page is served without TLS.
    strictTransportSecurity: false,
  });
  await server.register(cookie);
  server.addHook('onRequest', token === null ? refuseOtherHosts : askFor(token));
}

/** A page of another site whose name is made to lead here (DNS rebinding) still says that name. */
async function refuseOtherHosts(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isLoopback(request.hostname)) return;
  await reply.code(403).send({ error: 'this server answers to localhost and 127.0.0.1 alone' });
}

/** The token comes once, in the address; from then on a cookie has it, which no script reads and no other site sends. */
function askFor(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const isToken = (given: string | undefined): boolean =>
    given !== undefined && timingSafeEqual(digest(given), digest(token));
  return async (request, reply) => {
    if (isToken(request.cookies[cookieName(request)])) return;
    const query = tokenQuery.safeParse(request.query);
    if (query.success && isToken(query.data.token)) {
      reply.setCookie(cookieName(request), token, { httpOnly: true, sameSite: 'strict', path: '/' });
      await reply.redirect('/', 303);
      return;
    }
    await reply
      .code(401)
      .type('text/plain; charset=utf-8')
      .send('This dashboard asks for a token: open the address that vae-sweep serve printed.\n');
  };
}

/** Browsers send a host's cookies to all of its ports: with the port that the browser knows, each dashboard keeps its own. */
function cookieName({ port }: FastifyRequest): string {
  return `vae-sweep-token-${port ?? 80}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
