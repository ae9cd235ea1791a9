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
 * @param isLocal whether only this machine can reach the server, so that reading requires no token
 */
export async function secure(server: FastifyInstance, token: string, isLocal: boolean): Promise<void> {
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
  // Pages of other sites can send texts and forms without asking, but not JSON.
  server.removeContentTypeParser('text/plain');
  if (isLocal) server.addHook('onRequest', rejectOtherHosts);
  server.addHook('onRequest', acceptToken(token));
  if (!isLocal) server.addHook('onRequest', requireToken(token));
}

/** Returns whether the request's cookie has the token. */
export function hasToken(request: FastifyRequest, token: string): boolean {
  return isToken(request.cookies[cookieName(request)], token);
}

/**
 * Returns whether a page of this server sent the request. Browsers add the header `Origin` to each request that is not a GET, and its
 * port matters: they send cookies also to pages on other ports of the same host.
 */
export function isSameOrigin({ headers: { origin }, host }: FastifyRequest): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/** Rejects requests for other host names. This prevents DNS rebinding, where the name of another site resolves to this server. */
async function rejectOtherHosts(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isLoopback(request.hostname)) return;
  await reply.code(403).send({ error: 'this server accepts only requests for localhost and 127.0.0.1' });
}

/** Stores the token, which comes once in the URL, in a cookie that scripts can't read and other sites can't send. */
function acceptToken(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const query = tokenQuery.safeParse(request.query);
    if (!query.success || !isToken(query.data.token, token)) return;
    reply.setCookie(cookieName(request), token, { httpOnly: true, sameSite: 'strict', path: '/' });
    // Without the token, so that a copied address does not share it.
    await reply.redirect('/', 303);
  };
}

function requireToken(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    if (hasToken(request, token)) return;
    await reply
      .code(401)
      .type('text/plain; charset=utf-8')
      .send('This dashboard requires a token: open the URL that vae-sweep printed when it started.\n');
  };
}

function isToken(candidate: string | undefined, token: string): boolean {
  return candidate !== undefined && timingSafeEqual(digest(candidate), digest(token));
}

/** Returns the cookie's name. It contains the port, because browsers send a host's cookies to all of its ports. */
function cookieName({ port }: FastifyRequest): string {
  return `vae-sweep-token-${port ?? 80}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
