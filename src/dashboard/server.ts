import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { EXIT, InputError, StoreError, UserError } from '../errors.js';
import type { Sweep } from '../sweep/load.js';
import { formatCount } from '../units.js';
import { serveAnnotations } from './annotations.js';
import { serveApi, type ServedSweep } from './api.js';
import { serveControl, type WriteOptions } from './control.js';
import { serveEvents } from './events.js';
import { serveFiles } from './files.js';
import { presentationOf } from './presentation.js';
import { Results } from './results.js';
import { isLoopback, secure } from './security.js';
import { SweepWatch, type WatchedSweep } from './watch.js';

/** The maximum number of tasks of all sweeps together. The page has a cell for each. */
const MAX_TASKS = 10_000;
const TOKEN_BYTES = 24;

export interface DashboardOptions {
  readonly outDir: string;
  readonly host: string;
  /** The port; 0 selects a free one. */
  readonly port: number;
  /** The number of workers of the next run, to estimate its time. */
  readonly workers: number;
  /** Whether pages with the token may control the run, and edit tags and notes. @default false */
  readonly control?: boolean;
}

export interface Dashboard {
  /** The URL to open, with the token if one is required. */
  readonly url: string;
  /** Reads the store immediately and sends the changes to all pages, without waiting for the next poll. */
  readonly refresh: () => void;
  readonly close: () => Promise<void>;
}

/** Thrown when the port is in use. Choose another with `--port`, or stop the process that uses it. */
class PortBusyError extends UserError {
  constructor(port: number, options?: ErrorOptions) {
    super(`port ${port} is in use`, EXIT.busy, options);
  }
}

/** Starts a server that shows the sweeps of a store in browsers. It takes no lock, and writes to the store only what pages ask for. */
export async function startDashboard(
  sweeps: readonly WatchedSweep[],
  options: DashboardOptions,
): Promise<Dashboard> {
  checkSweeps(sweeps.map(({ sweep }) => sweep));
  const { host, port } = options;
  const isLocal = isLoopback(host);
  const writes = {
    token: randomBytes(TOKEN_BYTES).toString('base64url'),
    isEnabled: options.control ?? false,
  };
  const served = new Map<string, ServedSweep>();
  for (const watched of sweeps) {
    const watch = new SweepWatch(watched, options);
    const presentation = await presentationOf(watched.sweep);
    served.set(watched.sweep.name, { watch, presentation, results: new Results(watch) });
  }
  const server = await makeServer(served, writes, isLocal);
  try {
    await server.listen({ host, port });
  } catch (error) {
    throw asUserError(error, host, port);
  }
  const query = isLocal && !writes.isEnabled ? '' : `?token=${writes.token}`;
  const bound = server.addresses()[0];
  const boundPort = typeof bound === 'object' ? bound.port : port;
  return {
    url: `http://${nameOf(host)}:${boundPort}/${query}`,
    refresh: () => {
      for (const { watch } of served.values()) watch.refresh();
    },
    close: () => server.close(),
  };
}

async function makeServer(
  served: ReadonlyMap<string, ServedSweep>,
  writes: WriteOptions,
  isLocal: boolean,
): Promise<FastifyInstance> {
  // Open event streams would otherwise keep the server from closing.
  const server = fastify({ forceCloseConnections: true });
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const { status, text } = responseTo(error);
    // The response of a failed event stream already has another content type.
    return reply.code(status).type('application/json').send({ error: text });
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }));
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return Promise.resolve();
  });
  await secure(server, writes.token, isLocal);
  await serveFiles(server);
  await serveEvents(server, served);
  serveApi(server, served);
  serveControl(server, served, writes);
  serveAnnotations(server, served, writes);
  return server;
}

/** Returns the response to an error. Details of internal errors are not revealed. */
function responseTo(error: FastifyError): { status: number; text: string } {
  if (error instanceof InputError) return { status: 400, text: error.message };
  if (error instanceof StoreError) return { status: 422, text: error.message };
  const status = error.statusCode ?? 500;
  return { status, text: status < 500 ? error.message : 'internal server error' };
}

function checkSweeps(sweeps: readonly Sweep[]): void {
  const tasks = sweeps.reduce((sum, sweep) => sum + sweep.tasks.length, 0);
  if (tasks > MAX_TASKS)
    throw new InputError(
      `the dashboard shows at most ${formatCount(MAX_TASKS)} tasks, got ${formatCount(tasks)}: select some with --only`,
    );
  const names = sweeps.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`two sweeps have the name ${twice}: show only one of them`);
}

function asUserError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new PortBusyError(port, { cause: error });
  if (code === 'EACCES')
    return new InputError(`port ${port} requires elevated privileges: choose a port from 1024 to 65535`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EINVAL')
    return new InputError(`--host ${host}: this machine does not have this address`);
  return error;
}

/** Returns the host as it appears in a URL. Wildcard addresses stand for all addresses of this machine, so its name is used. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}
