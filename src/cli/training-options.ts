import type { Argv } from 'yargs';
import { parseBucketUrl, type BucketAddress } from '../remote/bucket/address.js';
import type { ResultBucket } from '../remote/bucket/result-bucket.js';
import { InputError } from '../errors.js';
import { RUN_DEFAULTS } from '../run/defaults.js';
import { received } from './options.js';

/** TensorFlow alone has some 400. */
const LEAST_MEGABYTES = 500;

/** Options of the commands that train. */
export interface TrainingArguments {
  readonly checkpointEvery: number;
  readonly stallAfter: number;
  readonly maxMemory: number;
  readonly bucket?: BucketAddress;
}

export function withTrainingOptions<T>(yargs: Argv<T>): Argv<T & TrainingArguments> {
  return yargs
    .option('checkpoint-every', {
      type: 'number',
      default: RUN_DEFAULTS.checkpointEverySeconds,
      requiresArg: true,
      coerce: (seconds: number) => checkSeconds('checkpoint-every', 0, seconds),
      describe: 'Seconds of training between checkpoints; results do not depend on it',
    })
    .option('stall-after', {
      type: 'number',
      default: RUN_DEFAULTS.stallAfterSeconds,
      requiresArg: true,
      coerce: (seconds: number) => checkSeconds('stall-after', 1, seconds),
      describe: 'Seconds without a step after which a task has failed',
    })
    .option('max-memory', {
      type: 'number',
      default: RUN_DEFAULTS.maxMemoryMegabytes,
      defaultDescription: "nine tenths of the machine's",
      requiresArg: true,
      coerce: checkMegabytes,
      describe: 'Megabytes that all workers together may have; a task that takes more has failed',
    })
    .option('bucket', {
      type: 'string',
      requiresArg: true,
      coerce: (text: string) => parseBucketUrl(text),
      describe:
        'S3, as s3://name/prefix, for machines without a shared disk: what is finished is sent there, and taken from there',
    }) as unknown as Argv<T & TrainingArguments>;
}

/** What talks to S3 is loaded only for a bucket. */
export async function openBucket(address: BucketAddress, signal: AbortSignal): Promise<ResultBucket> {
  const { ResultBucket } = await import('../remote/bucket/result-bucket.js');
  return ResultBucket.open(address, signal);
}

function checkMegabytes(megabytes: number): number {
  if (megabytes >= LEAST_MEGABYTES) return megabytes;
  throw new InputError(`--max-memory: expected megabytes from ${LEAST_MEGABYTES}${received(megabytes)}`);
}

function checkSeconds(option: string, least: number, seconds: number): number {
  if (seconds >= least && seconds <= 86_400) return seconds;
  throw new InputError(`--${option}: expected seconds from ${least} to 86400${received(seconds)}`);
}
