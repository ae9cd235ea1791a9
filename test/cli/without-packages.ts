import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** A hook for `--import` that makes the optional packages look as if they were not installed. Node calls `resolve` in a separate thread. */
const OPTIONAL = /^(@aws-sdk|@resvg|bullmq|ioredis|vega|vega-lite)($|\/)/;

type Resolve = (specifier: string, context: unknown) => Promise<object>;

export async function resolve(specifier: string, context: unknown, next: Resolve): Promise<object> {
  if (OPTIONAL.test(specifier))
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(specifier, context);
}

if (isMainThread) register(import.meta.url);
