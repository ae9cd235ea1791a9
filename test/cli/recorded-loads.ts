import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * A hook for `--import` that appends the URL or path of every module that the process loads to `$VAE_SWEEP_LOADS`. Node calls
 * `resolve` in a separate thread. Modules that are required instead of imported are read from the cache at exit.
 */
const record = (module: string) => {
  appendFileSync(process.env['VAE_SWEEP_LOADS'] ?? '', `${module}\n`);
};

type Resolve = (specifier: string, context: unknown) => Promise<{ readonly url: string }>;

export async function resolve(specifier: string, context: unknown, next: Resolve): Promise<object> {
  const resolved = await next(specifier, context);
  record(resolved.url);
  return resolved;
}

if (isMainThread) {
  register(import.meta.url);
  process.on('exit', () => {
    Object.keys(createRequire(import.meta.url).cache).forEach(record);
  });
}
