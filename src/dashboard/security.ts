import { createHash, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { IMPORT_MAP_HASH } from './page-html.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1'];

const tokenQuery = z.object({ token: z.string().max(200) });

/** Returns whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/**
 * Adds security headers to all responses, and checks all requests.
 * @param token the token that requests must have, or null if only this machine can reach the server
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
  server.addHook('onRequest', token === null ? rejectOtherHosts : requireToken(token));
}

/** Rejects requests for other host names. This prevents DNS rebinding, where the name of another site resolves to this server. */
async function rejectOtherHosts(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isLoopback(request.hostname)) return;
  await reply.code(403).send({ error: 'this server accepts only requests for localhost and 127.0.0.1' });
}

/** Requires the token. It comes once in the URL, and then in a cookie that scripts can't read and other sites can't send. */
function requireToken(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const isToken = (candidate: string | undefined): boolean =>
    candidate !== undefined && timingSafeEqual(digest(candidate), digest(token));
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
      .send('This dashboard requires a token: open the URL that vae-sweep printed when it started.\n');
  };
}

/** Returns the cookie's name. It contains the port, because browsers send a host's cookies to all of its ports. */
function cookieName({ port }: FastifyRequest): string {
  return `vae-sweep-token-${port ?? 80}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
