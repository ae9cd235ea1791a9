import { existsSync, realpathSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { isBucketUrl, parseBucketUrl, type BucketAddress } from '../remote/bucket/address.js';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError, StoreBusyError } from '../errors.js';
import { mergeAnnotations, type MergedAnnotations } from '../store/annotations.js';
import { takeoverText } from '../store/lock-owner.js';
import { acquireStoreLock } from '../store/lock.js';
import { watchStoreOwner } from '../store/lock-watch.js';
import { mergeStores, type Merged, type MergeOptions } from '../store/merge.js';
import { annotationsText, isProblem, mergeText } from './merge-text.js';
import { storeOptions } from './store-filter.js';
import { countTasks, type TaskCounter } from './task-counter.js';
import { openBucket } from './execution-options.js';
import { tasksFolder } from '../store/task-folder.js';
import { withPlugins } from './plugins.js';

interface MergeArguments {
  readonly from: readonly string[];
  readonly out: string;
  readonly dryRun: boolean;
}

interface MergedStores {
  readonly tasks: readonly Merged[];
  readonly annotations: MergedAnnotations;
}

interface Sources {
  readonly folders: readonly string[];
  readonly buckets: readonly BucketAddress[];
}

export const mergeCommand: CommandModule<object, MergeArguments> = {
  command: 'merge <from..>',
  describe: 'Merge the tasks of other stores into this one',
  builder: (yargs) =>
    withPlugins(yargs)
      .positional('from', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'The --out or --bucket of other runs, e.g. of shards on other machines',
      })
      .option('out', { ...storeOptions.out, describe: 'The store to merge into' })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'Print what would be done, and change nothing',
      })
      .example('$0 merge shard-1 shard-2 shard-3', 'into out')
      .example('$0 merge s3://name/prefix', 'merge what workers or shards sent to a bucket')
      .example('$0 merge /mnt/usb/out --out all --dry-run', 'print what would be merged')
      .epilogue(
        'If several stores have a task, a finished one is preferred to one with a checkpoint, and more steps to fewer. Tasks that this store has finished are kept. Tags of both stores are kept, and notes that differ are joined. After a stop, run the same command to resume.',
      ) as unknown as Argv<MergeArguments>,
  handler: async ({ from, out, dryRun }) => {
    const sources = { folders: from.filter((text) => !isBucketUrl(text)), buckets: bucketsOf(from) };
    refuseMistakes(sources.folders, out);
    await refuseUsed(sources.folders);
    const stop = new AbortController();
    const removeHandlers = onStopRequest((reason) => {
      stop.abort(reason);
    });
    try {
      const merged = dryRun
        ? await merge(sources, out, true, stop.signal)
        : await mergeAlone(sources, out, stop.signal);
      const interrupted = stop.signal.aborted;
      process.stdout.write(mergeText(merged.tasks, { from, out, dryRun, interrupted }));
      process.stdout.write(annotationsText(merged.annotations, dryRun));
      if (merged.tasks.some(isProblem) || merged.annotations.problems.length > 0)
        process.exitCode = EXIT.failure;
      if (interrupted) process.exitCode = EXIT.interrupted;
    } finally {
      removeHandlers();
    }
  },
};

function refuseMistakes(from: readonly string[], out: string): void {
  for (const folder of from) {
    if (!existsSync(tasksFolder(folder)))
      throw new InputError(
        `${folder} is not a store, because ${tasksFolder(folder)} does not exist: pass the --out folder of a run`,
      );
    if (existsSync(out) && realpathSync(folder) === realpathSync(out))
      throw new InputError(
        `${folder} is the store to merge into: pass other stores, or choose another destination with --out`,
      );
  }
}

async function refuseUsed(from: readonly string[]): Promise<void> {
  const owners = await Promise.all(from.map((folder) => watchStoreOwner(folder, { onWait: print })));
  owners.forEach((owner, index) => {
    if (owner !== null)
      throw new StoreBusyError(
        `${String(from[index])} is in use by ${owner.description}: wait for it or stop it, then merge`,
      );
  });
}

async function mergeAlone(from: Sources, out: string, signal: AbortSignal): Promise<MergedStores> {
  const lock = await acquireStoreLock(out, { signal, onWait: print });
  try {
    if (lock.takenOverFrom !== null) print(takeoverText(lock.takenOverFrom));
    const merged = await merge(from, out, false, AbortSignal.any([signal, lock.lost]));
    lock.lost.throwIfAborted();
    return merged;
  } finally {
    await lock.release();
  }
}

async function merge(
  { folders, buckets }: Sources,
  outDir: string,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<MergedStores> {
  const merged = await counted((callbacks) => mergeStores(folders, { outDir, dryRun, signal, ...callbacks }));
  for (const address of buckets) {
    const bucket = await openBucket(address, signal);
    const { mergeBucket } = await import('../remote/bucket/merge-bucket.js');
    merged.push(
      ...(await counted((callbacks) => mergeBucket(bucket, { outDir, dryRun, signal, ...callbacks }))),
    );
  }
  const annotations: MergedAnnotations[] = [];
  for (const from of folders) annotations.push(await mergeAnnotations(from, { outDir, dryRun, signal }));
  return {
    tasks: merged,
    annotations: {
      changed: annotations.reduce((sum, { changed }) => sum + changed, 0),
      problems: annotations.flatMap(({ problems }) => problems),
    },
  };
}

async function counted(
  merging: (callbacks: Pick<MergeOptions, 'onCount' | 'onEntry'>) => Promise<Merged[]>,
): Promise<Merged[]> {
  let counter: TaskCounter | undefined;
  const onCount = (total: number): void => {
    counter = countTasks(total);
  };
  try {
    return await merging({ onCount, onEntry: () => counter?.increment() });
  } finally {
    counter?.stop();
  }
}

function bucketsOf(from: readonly string[]): BucketAddress[] {
  return from.filter(isBucketUrl).map(parseBucketUrl);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
