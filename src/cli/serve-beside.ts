import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.js';
import { pluginOptions } from './plugins.js';
import type { ShardArguments } from './options.js';
import type { ServeOptions } from './serve-options.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

type DashboardArguments = ShardArguments & ServeOptions & { readonly workers?: number };

/**
 * Starts the dashboard in a process of its own, so that no page delays the run, and resolves once it listens.
 * @returns a function that ends it
 */
export async function serveBeside(argv: DashboardArguments): Promise<() => void> {
  const child = fork(MAIN, argumentsOf(argv), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A Ctrl-C of the terminal is for the run, which ends the dashboard when it has stopped.
    detached: true,
  });
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  // Not its exit, which may come before what it said is read.
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    const message = errors
      .join('')
      .trim()
      .replace(/^vae-sweep: /, '');
    throw new UserError(
      message === '' ? 'the dashboard could not start' : message,
      typeof code === 'number' && code > 0 ? code : 1,
    );
  });
  const [url] = (await Promise.race([once(child.stdout ?? child, 'data'), ended])) as [Buffer];
  ended.catch(() => undefined);
  process.stderr.write(`dashboard: ${url.toString()}`);
  // The run's end does not wait for it.
  for (const pipe of [child.stdout, child.stderr] as (Socket | null)[])
    pipe?.removeAllListeners('data').resume().unref();
  child.unref();
  child.channel?.unref();
  return () => {
    if (child.connected) child.disconnect();
  };
}

function argumentsOf({
  file,
  only,
  set,
  out,
  huge,
  shard,
  workers,
  host,
  port,
  control,
}: DashboardArguments): string[] {
  return [
    'serve',
    file,
    ...only.flatMap((text) => ['--only', text]),
    ...set.flatMap((text) => ['--set', text]),
    ...(shard === undefined ? [] : ['--shard', `${shard.index}/${shard.count}`]),
    ...(control ? [] : ['--no-control']),
    ...(huge ? ['--huge'] : []),
    ...pluginOptions(),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
    ...['--out', out, '--host', host, '--port', String(port)],
  ];
}
