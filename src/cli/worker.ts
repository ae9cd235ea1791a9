import type { CommandModule } from 'yargs';
import { lineOutput } from '../api/run-lines.js';
import { onStopRequest } from './stop-request.js';
import { EXIT } from '../errors.js';
import { requirePackages } from '../input/optional-packages.js';
import { parseQueueUrl, type QueueAddress } from '../remote/queue/address.js';
import { installedVersions } from '../task/registry.js';
import { outOption } from './options.js';
import { withPlugins } from './plugins.js';
import {
  executionOf,
  openBucket,
  withExecutionOptions,
  type ExecutionArguments,
} from './execution-options.js';

interface WorkerArguments extends ExecutionArguments {
  readonly queue: QueueAddress;
  readonly out: string;
}

export const workerCommand: CommandModule<object, WorkerArguments> = {
  command: 'worker',
  describe: 'Execute the tasks of `run --queue` on this machine',
  builder: (yargs) =>
    withExecutionOptions(withPlugins(yargs))
      .option('queue', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        coerce: (text: string) => parseQueueUrl(text),
        describe: 'Redis queue, e.g. redis://host:6379',
      })
      .option('out', outOption)
      .example(
        '$0 worker --queue redis://host:6379 --out /shared/out',
        'on each machine, with the --out of the run',
      )
      .example(
        '$0 worker --queue redis://host:6379 --bucket s3://name/prefix',
        'without a shared disk; pass the same bucket to the run',
      ),
  handler: async (argv) => {
    requirePackages('queue', 'worker');
    const { runQueueWorker } = await import('../remote/queue/run-worker.js');
    const stop = new AbortController();
    const removeHandlers = onStopRequest((reason) => {
      stop.abort(reason);
    });
    await runQueueWorker({
      queue: argv.queue,
      outDir: argv.out,
      bucket: argv.bucket === undefined ? null : await openBucket(argv.bucket, stop.signal),
      ...executionOf(argv),
      versions: installedVersions(),
      signal: stop.signal,
      output: lineOutput((line) => process.stderr.write(`${line}\n`), 'worker'),
    }).finally(removeHandlers);
    process.exitCode = EXIT.interrupted;
  },
};
