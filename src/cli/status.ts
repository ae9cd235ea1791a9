import { setTimeout as delay } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { readAnnotations } from '../store/annotations.js';
import { readStatus } from '../run/status.js';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError } from '../errors.js';
import {
  defaultWorkers,
  openSweepOf,
  withShardOption,
  withSweepOptions,
  workersOption,
  type ShardArguments,
} from './options.js';
import { statusJson, statusText } from './status-text.js';

interface StatusArguments extends ShardArguments {
  readonly workers: number;
  readonly json: boolean;
  readonly watch: boolean;
}

const REDRAW_MS = 2_000;
/** Cursor to the top left, and all below it cleared. */
const CLEAR = '\u001b[H\u001b[J';

export const statusCommand: CommandModule<object, StatusArguments> = {
  command: 'status <file>',
  describe: 'Print the progress of a sweep, during a run or after it',
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('workers', { ...workersOption, default: defaultWorkers() })
      .option('json', { type: 'boolean', default: false, describe: 'Print the status and all tasks as JSON' })
      .option('watch', { type: 'boolean', default: false, describe: 'Redraw every 2 s, until Ctrl-C' })
      .example('$0 status sweeps/paper.yaml --watch', 'watch a run from a second terminal')
      .example('$0 status sweeps/paper.yaml --json', 'for programs'),
  handler: async (argv) => {
    if (argv.json && argv.watch)
      throw new InputError('--watch and --json exclude each other: pass only one of them');
    const { sweep, reload } = await openSweepOf(argv);
    const draw = (): string => {
      const current = reload?.() ?? sweep;
      const status = readStatus(current, argv.out, argv.workers);
      const annotation = readAnnotations(argv.out, 'sweep').byName.get(sweep.name);
      return argv.json
        ? statusJson(status, current.searches, annotation)
        : statusText(status, new Date(), current.searches, annotation);
    };
    if (argv.watch) await watch(draw);
    else process.stdout.write(draw());
  },
};

async function watch(draw: () => string): Promise<void> {
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(reason);
  });
  try {
    while (!stop.signal.aborted) {
      process.stdout.write(`${process.stdout.isTTY ? CLEAR : ''}${draw()}`);
      await delay(REDRAW_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    removeHandlers();
  }
  process.exitCode = EXIT.interrupted;
}
