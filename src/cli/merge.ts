import { existsSync, realpathSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { onStopRequest } from '../coordinator/stop.js';
import { EXIT, InputError, StoreBusyError } from '../errors.js';
import { acquireStoreLock } from '../store/lock.js';
import { watchStoreOwner } from '../store/lock-watch.js';
import { mergeStores, type Merged } from '../store/merge.js';
import { isProblem, mergeText } from './merge-text.js';
import { storeOptions } from './store-filter.js';
import { countTasks, type TaskCounter } from './task-counter.js';
import { tasksFolder } from '../store/task-folder.js';

interface MergeArguments {
  readonly from: readonly string[];
  readonly out: string;
  readonly dryRun: boolean;
}

export const mergeCommand: CommandModule<object, MergeArguments> = {
  command: 'merge <from..>',
  describe: 'Bring the tasks of other stores into one, checking every file',
  builder: (yargs) =>
    yargs
      .positional('from', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Folders that runs had as their --out, as shards on other machines',
      })
      .option('out', { ...storeOptions.out, describe: 'The store that they are brought into' })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'Say what would be done, and do nothing',
      })
      .example('$0 merge shard-1 shard-2 shard-3', 'into out')
      .example('$0 merge /mnt/usb/out --out all --dry-run', 'say what that would bring')
      .epilogue(
        'A finished task is taken before one with a checkpoint, more steps before fewer. What the store has finished already stays. The same command goes on after it was stopped.',
      ) as unknown as Argv<MergeArguments>,
  handler: async ({ from, out, dryRun }) => {
    refuseMistakes(from, out);
    await refuseUsed(from);
    const stop = new AbortController();
    const removeHandlers = onStopRequest((reason) => {
      stop.abort(reason);
    });
    try {
      const merged = dryRun
        ? await merge(from, out, true, stop.signal)
        : await mergeAlone(from, out, stop.signal);
      const interrupted = stop.signal.aborted;
      process.stdout.write(mergeText(merged, { from, out, dryRun, interrupted }));
      if (merged.some(isProblem)) process.exitCode = EXIT.failure;
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
        `${folder} is no store: there is no ${tasksFolder(folder)}; name the --out of a run`,
      );
    if (existsSync(out) && realpathSync(folder) === realpathSync(out))
      throw new InputError(`${folder} is the store to merge into: name others, or choose another with --out`);
  }
}

async function refuseUsed(from: readonly string[]): Promise<void> {
  const owners = await Promise.all(from.map((folder) => watchStoreOwner(folder, { onWait: tell })));
  owners.forEach((owner, index) => {
    if (owner !== null)
      throw new StoreBusyError(
        `${String(from[index])} is in use by ${owner.description}: wait for it or stop it, then merge`,
      );
  });
}

async function mergeAlone(from: readonly string[], out: string, signal: AbortSignal): Promise<Merged[]> {
  const lock = await acquireStoreLock(out, { signal, onWait: tell });
  try {
    if (lock.takenOverFrom !== null) tell(`took the store over from ${lock.takenOverFrom}, which is gone`);
    const merged = await merge(from, out, false, AbortSignal.any([signal, lock.lost]));
    lock.lost.throwIfAborted();
    return merged;
  } finally {
    await lock.release();
  }
}

async function merge(
  from: readonly string[],
  outDir: string,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<Merged[]> {
  let counter: TaskCounter | undefined;
  const onCount = (total: number): void => {
    counter = countTasks(total);
  };
  try {
    return await mergeStores(from, { outDir, dryRun, signal, onCount, onEntry: () => counter?.increment() });
  } finally {
    counter?.stop();
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
