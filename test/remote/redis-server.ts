import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';

const PROGRAM = 'redis-server';

/** Why Redis can't be used, or false. */
export const missingRedis =
  spawnSync(PROGRAM, ['--version']).status === 0 ? false : 'redis-server is not installed';

export interface RedisOptions {
  readonly password?: string;
  /** Whether data survives a restart. @default false */
  readonly appendOnly?: boolean;
  /** Files of the server's certificate and key. With them the server accepts only TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A real redis-server on a free port of the loopback interface, with its files in a temporary folder. */
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

  /** Starts or restarts the server, and waits until it accepts connections. */
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

  /** Kills the server like a crash. Data that it has not written yet is lost. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Keeps the connections open without answering, like a host that vanished. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Deletes all data. */
  async clear(): Promise<void> {
    await this.#ask('FLUSHALL');
  }

  /** Returns the number of items in a list. */
  async count(key: string): Promise<number> {
    return Number(await this.#ask('LLEN', key));
  }

  /** Returns the fields of a stream's entries, oldest first. */
  async entries(key: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const entries = (await this.#ask('XRANGE', key, '-', '+')) as readonly (readonly [
      string,
      readonly string[],
    ])[];
    return entries.map(([, fields]) =>
      Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? '']] : []))),
    );
  }

  /** Makes the server reject writes, like a former master after a failover. */
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
