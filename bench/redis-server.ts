import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';

const PROGRAM = 'redis-server';

/** Why the tests with a real Redis can't run here, or false. */
export const noRedis =
  spawnSync(PROGRAM, ['--version']).status === 0 ? false : 'redis-server is not installed here';

export interface RedisOptions {
  readonly password?: string;
  /** Whether what it holds outlives it. @default false */
  readonly appendOnly?: boolean;
  /** Files of the certificate that it shows: then it speaks TLS alone. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A real redis-server on a free port of the loopback, with its files in a temporary folder. */
export class RedisServer {
  readonly url: string;
  readonly port: number;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-redis-'));
  readonly #options: RedisOptions;
  #child: ChildProcess | null = null;

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  private constructor(port: number, options: RedisOptions) {
    const { password, tls } = options;
    this.port = port;
    this.url = `${tls === undefined ? 'redis' : 'rediss'}://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
    this.#options = options;
  }

  /** Starts it, for the first time or once more, and waits until it takes connections. */
  async start(): Promise<void> {
    const { password, appendOnly = false, tls } = this.#options;
    const port = String(this.port);
    const child = spawn(
      PROGRAM,
      [
        ...(tls === undefined ? ['--port', port] : tlsOptions(port, tls)),
        ...['--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''],
        ...['--appendonly', appendOnly ? 'yes' : 'no', '--maxmemory-policy', 'noeviction'],
        ...(password === undefined ? [] : ['--requirepass', password]),
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('Ready to accept connections')) break;
    child.stdout.resume();
  }

  /** As a crash does; what it has not written yet is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Keeps its connections open and answers nothing, as where a host has vanished. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Forgets all that it holds. */
  async clear(): Promise<void> {
    await this.#ask('FLUSHALL');
  }

  /** How many items a list has. */
  async count(key: string): Promise<number> {
    return Number(await this.#ask('LLEN', key));
  }

  /** The fields of a stream's entries, oldest first. */
  async entries(key: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const entries = (await this.#ask('XRANGE', key, '-', '+')) as readonly (readonly [
      string,
      readonly string[],
    ])[];
    return entries.map(([, fields]) =>
      Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? '']] : []))),
    );
  }

  /** As a failover does to the one that was the master: it refuses to be written to. */
  async setReadOnly(isReadOnly: boolean): Promise<void> {
    await this.#ask('REPLICAOF', ...(isReadOnly ? ['127.0.0.1', '1'] : ['NO', 'ONE']));
  }

  async usedBytes(): Promise<number> {
    return Number(/^used_memory:(\d+)/m.exec(String(await this.#ask('INFO', 'memory')))?.[1] ?? NaN);
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask(command: string, ...args: readonly string[]): Promise<unknown> {
    const client = new Redis(this.url);
    try {
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }
}

function tlsOptions(port: string, { certificate, key }: NonNullable<RedisOptions['tls']>): string[] {
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key];
  return ['--port', '0', '--tls-port', port, '--tls-auth-clients', 'no', ...files];
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
