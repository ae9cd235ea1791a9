import type { Argv } from 'yargs';
import { parseBucketUrl, type BucketAddress } from '../remote/bucket/address.js';
import type { ResultBucket } from '../remote/bucket/result-bucket.js';
import { InputError } from '../errors.js';
import { requirePackages } from '../input/optional-packages.js';
import { RUN_DEFAULTS } from '../run/defaults.js';
import { defaultWorkers, received, workersOption } from './options.js';

/** TensorFlow alone needs about 400. */
const MIN_MEGABYTES = 500;

/**
 * Options of the commands that execute tasks. yargs leaves the defaults out, so that `run --queue` can refuse those that were passed.
 */
export interface ExecutionArguments {
  readonly workers?: number;
  readonly checkpointEvery?: number;
  readonly stallAfter?: number;
  readonly maxMemory?: number;
  readonly bucket?: BucketAddress;
}

/** Names of the options that only the process that executes the tasks can use. */
export const EXECUTION_OPTIONS = ['workers', 'checkpoint-every', 'stall-after', 'max-memory'] as const;

export function withExecutionOptions<T>(yargs: Argv<T>): Argv<T & ExecutionArguments> {
  return yargs
    .option('workers', workersOption)
    .option('checkpoint-every', {
      type: 'number',
      defaultDescription: String(RUN_DEFAULTS.checkpointEverySeconds),
      requiresArg: true,
      coerce: (seconds: number) => checkSeconds('checkpoint-every', 0, seconds),
      describe: 'Seconds between checkpoints; results do not depend on it',
    })
    .option('stall-after', {
      type: 'number',
      defaultDescription: String(RUN_DEFAULTS.stallAfterSeconds),
      requiresArg: true,
      coerce: (seconds: number) => checkSeconds('stall-after', 1, seconds),
      describe: 'Fail a task after this many seconds without a step',
    })
    .option('max-memory', {
      type: 'number',
      defaultDescription: '90% of the machine',
      requiresArg: true,
      coerce: checkMegabytes,
      describe: 'Memory limit of all workers together, in megabytes; a task that exceeds it fails',
    })
    .option('bucket', {
      type: 'string',
      requiresArg: true,
      coerce: (text: string) => parseBucketUrl(text),
      describe:
        'Exchange results through this S3 bucket, e.g. s3://name/prefix, for machines without a shared disk',
    });
}

/** How the tasks are executed, with the defaults of what was not passed. */
export function executionOf({ workers, checkpointEvery, stallAfter, maxMemory }: ExecutionArguments): {
  readonly workers: number;
  readonly checkpointEveryMs: number;
  readonly stallMs: number;
  readonly memoryBytes: number;
} {
  return {
    workers: workers ?? defaultWorkers(),
    checkpointEveryMs: (checkpointEvery ?? RUN_DEFAULTS.checkpointEverySeconds) * 1000,
    stallMs: (stallAfter ?? RUN_DEFAULTS.stallAfterSeconds) * 1000,
    memoryBytes: (maxMemory ?? RUN_DEFAULTS.maxMemoryMegabytes) * 1e6,
  };
}

/** The S3 client is loaded only for a bucket. */
export async function openBucket(address: BucketAddress, signal: AbortSignal): Promise<ResultBucket> {
  requirePackages('bucket', address.shown);
  const { ResultBucket } = await import('../remote/bucket/result-bucket.js');
  return ResultBucket.open(address, signal);
}

function checkMegabytes(megabytes: number): number {
  if (megabytes >= MIN_MEGABYTES) return megabytes;
  throw new InputError(`--max-memory: expected megabytes from ${MIN_MEGABYTES}${received(megabytes)}`);
}

function checkSeconds(option: string, min: number, seconds: number): number {
  if (seconds >= min && seconds <= 86_400) return seconds;
  throw new InputError(`--${option}: expected seconds from ${min} to 86400${received(seconds)}`);
}
