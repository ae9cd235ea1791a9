import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError, UserError } from '../errors.js';
import type { Dashboard } from '../dashboard/server.js';
import type { WatchedSweep } from '../dashboard/watch.js';
import { parseShard } from '../sweep/shard.js';
import {
  defaultWorkers,
  openSweepOf,
  outOption,
  repeatable,
  sweepText,
  workersOption,
  type ShardArguments,
} from './options.js';
import { FIRST_PORT, MAX_PORT, withServeOptions, type ServeOptions } from './serve-options.js';
import { withPlugins } from './plugins.js';

interface ServeArguments extends Omit<ShardArguments, 'file'>, ServeOptions {
  readonly workers: number;
  readonly files: readonly string[];
}

/** How long the dashboard of `run --serve` outlives the run, so that pages can fetch the last results. */
const LINGER_MS = 5_000;

export const serveCommand: CommandModule<object, ServeArguments> = {
  command: 'serve [files..]',
  describe: 'Serve the dashboard: progress, curves, tables, failures',
  builder: (yargs) =>
    withServeOptions(
      withPlugins(yargs)
        .positional('files', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: 'Sweep files. Default: all sweeps of the store',
        })
        .option('only', { ...repeatable, describe: 'Only the tasks with these values, e.g. --only seed=2,3' })
        .option('set', {
          ...repeatable,
          describe: 'Values that replace those of the files, e.g. --set steps=1000',
        })
        .option('shard', {
          type: 'string',
          requiresArg: true,
          coerce: parseShard,
          describe: 'Only this part of the tasks, e.g. 3/8',
        })
        .option('out', outOption)
        .option('huge', { type: 'boolean', default: false, hidden: true })
        .option('workers', { ...workersOption, default: defaultWorkers() }),
    )
      .example('$0 serve', 'show all sweeps in out/')
      .example('$0 serve sweeps/paper.yaml --port 8081', 'watch a run from another terminal')
      .example('$0 serve --host 0.0.0.0', 'for other machines, with a token'),
  handler: async (argv) => {
    const { startDashboard } = await import('../dashboard/server.js');
    const { out, host, port, workers, control } = argv;
    const dashboard = await startDashboard(await sweepsOf(argv), {
      outDir: out,
      host,
      port,
      workers,
      control,
    }).catch((error: unknown) => {
      throw withNextCommand(error, argv);
    });
    process.stdout.write(`${dashboard.url}\n`);
    process.exitCode = await (process.channel === undefined ? untilStopped() : untilRunEnds(dashboard));
    await dashboard.close();
  },
};

async function sweepsOf(argv: ServeArguments): Promise<WatchedSweep[]> {
  const load = (file: string): Promise<WatchedSweep> => openSweepOf({ ...argv, file });
  if (argv.files.length > 0) return Promise.all(argv.files.map(load));
  if (argv.only.length + argv.set.length > 0 || argv.shard !== undefined)
    throw new InputError(
      '--only, --set and --shard require a sweep file: pass one, for example sweeps/paper.yaml',
    );
  const { storedSweeps } = await import('../dashboard/stored-sweeps.js');
  const sweeps = existsSync(argv.out) ? await storedSweeps(argv.out, load) : [];
  if (sweeps.length > 0) return sweeps;
  throw new InputError(
    `${argv.out} has no sweep yet: pass a sweep file, for example vae-sweep serve sweeps/quickstart.yaml, or another store with --out`,
  );
}

/** Adds a free port to try to the error of one that is taken. The other options of a run are not known here. */
function withNextCommand(error: unknown, argv: ServeArguments): unknown {
  if (!(error instanceof UserError) || error.exitCode !== EXIT.busy) return error;
  const chosen = sweepText({ ...argv, file: argv.files.join(' ') }).trim();
  const host = argv.host === '127.0.0.1' ? '' : ` --host ${argv.host}`;
  const option = `--port ${argv.port === MAX_PORT ? FIRST_PORT : argv.port + 1}`;
  const advice =
    process.channel === undefined
      ? `try vae-sweep ${`serve ${chosen}`.trim()}${host} ${option}`
      : `try it with ${option}`;
  return new UserError(`${error.message}: ${advice}`, EXIT.busy, { cause: error });
}

/** Resolves to the exit code after Ctrl-C. */
async function untilStopped(): Promise<number> {
  return new Promise((resolve) => {
    onStopRequest(() => {
      resolve(EXIT.interrupted);
    });
  });
}

/** Waits for the end of the run that started this dashboard, then sends pages the store's final state. */
async function untilRunEnds(dashboard: Dashboard): Promise<number> {
  await once(process, 'disconnect');
  dashboard.refresh();
  await delay(LINGER_MS);
  return EXIT.ok;
}
