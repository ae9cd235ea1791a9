import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import type { EventWriter } from '../export/tensorboard/event-writer.js';
import type { Executor } from '../run/executor.js';
import { LOG_LEVELS, type LogLevel } from '../run/log.js';
import type { RunResult } from '../run/run-sweep.js';
import type { Advance } from '../run/stored-sweep.js';
import { MaxTimePassed } from '../run/stop.js';
import { summaryText } from './run-summary.js';
import type { CorruptTask } from '../run/triage.js';
import { EXIT, InputError } from '../errors.js';
import type { Sweep } from '../sweep/load.js';
import { ISOLATIONS, type Isolation } from '../pool/process-pool.js';
import type { ResultBucket } from '../remote/bucket/result-bucket.js';
import { parseQueueUrl, type QueueAddress } from '../remote/queue/address.js';
import { parseDuration, type Duration } from './duration.js';
import { RUN_DEFAULTS } from '../run/defaults.js';
import {
  openSweepOf,
  received,
  shardText,
  withShardOption,
  withSweepOptions,
  type ShardArguments,
} from './options.js';
import { requirePackages } from '../input/optional-packages.js';
import { readProject } from '../input/project.js';
import { formatDuration } from '../units.js';
import { Notifier, parseNotifyUrls } from './notifier.js';
import { runOutput } from './run-output.js';
import { serveBeside } from './serve-beside.js';
import { withServeOptions, type ServeOptions } from './serve-options.js';
import { onProcessAge, onStopRequest } from './stop-request.js';
import {
  EXECUTION_OPTIONS,
  executionOf,
  openBucket,
  withExecutionOptions,
  type ExecutionArguments,
} from './execution-options.js';

interface RunArguments extends ShardArguments, ExecutionArguments, ServeOptions {
  readonly serve: boolean;
  readonly maxTime: Duration | undefined;
  readonly retries: number;
  readonly isolation?: Isolation;
  readonly logLevel: LogLevel;
  readonly retryDiverged: boolean;
  readonly onlyFailed: boolean;
  readonly retrainCorrupt: boolean;
  readonly queue?: QueueAddress;
  readonly tensorboard: string | undefined;
  readonly notify: readonly URL[];
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <file>',
  describe: 'Execute the unfinished tasks and print tables of means',
  builder: (yargs) =>
    withServeOptions(withExecutionOptions(withShardOption(withSweepOptions(yargs))))
      .option('serve', {
        type: 'boolean',
        default: false,
        describe: 'Show the run in a local web page until it ends, like vae-sweep serve',
      })
      .option('max-time', {
        type: 'string',
        requiresArg: true,
        coerce: (text: string) => parseDuration('--max-time', text),
        describe: 'Stop with checkpoints after this long, e.g. 55m or 1h30m; the exit code is then 130',
      })
      .option('retries', {
        type: 'number',
        default: RUN_DEFAULTS.retries,
        requiresArg: true,
        coerce: checkRetries,
        describe: 'Retries of a task that fails; the next run retries failed tasks too',
      })
      .option('isolation', {
        choices: ISOLATIONS,
        defaultDescription: `"${RUN_DEFAULTS.isolation}"`,
        describe:
          'thread: all workers in one process; process: each in its own, for tasks that crash or fill the memory',
      })
      .option('log-level', { choices: LOG_LEVELS, default: 'info' as const, describe: 'Detail of log.jsonl' })
      .option('retry-diverged', {
        type: 'boolean',
        default: false,
        describe: 'Execute tasks again that diverged or failed for good',
      })
      .option('only-failed', {
        type: 'boolean',
        default: false,
        describe: 'Execute only the tasks that failed, including those that diverged or failed for good',
      })
      .option('retrain-corrupt', {
        type: 'boolean',
        default: false,
        describe: 'Set corrupt task folders aside and execute their tasks again',
      })
      .option('queue', {
        type: 'string',
        requiresArg: true,
        coerce: (text: string) => parseQueueUrl(text),
        describe:
          'Send tasks to this Redis queue, e.g. redis://host:6379; `vae-sweep worker` processes on any machine execute them',
      })
      .conflicts('queue', [...EXECUTION_OPTIONS, 'isolation'])
      .option('tensorboard', {
        type: 'string',
        requiresArg: true,
        describe: 'Write a TensorBoard event file per finished task into this folder',
      })
      .option('notify', {
        type: 'string',
        array: true,
        default: [],
        requiresArg: true,
        coerce: parseNotifyUrls,
        describe:
          'Post JSON to this URL at the end, at the first failure and when a task stalls, e.g. a Slack webhook; repeatable',
      })
      .example('$0 run sweeps/table1-linear.yaml', 'Table 1 of the paper')
      .example('$0 run sweeps/table1-linear.yaml --serve', 'watch it in a browser')
      .example('$0 run sweeps/table1-linear.yaml --only-failed', 'retry the failed tasks only')
      .example(
        '$0 run sweeps/paper.yaml --shard 3/8 --out shard-3 --max-time 55m',
        'a part of it, in a batch job',
      )
      .example(
        '$0 run sweeps/quickstart.yaml --set steps=1000 --workers 1',
        'a shorter first look',
      ) as unknown as Argv<RunArguments>,
  handler: async (argv) => {
    if (argv.queue !== undefined) requirePackages('queue', '--queue');
    const { sweep, reload, advance } = await openSweepOf(argv);
    const { runSweep } = await import('../run/run-sweep.js');
    const { BucketExchange } = await import('../remote/bucket/bucket-exchange.js');
    const endDashboard = argv.serve ? await serveBeside(argv) : () => undefined;
    const events = await startEvents(sweep, argv);
    const stop = new AbortController();
    const { maxTime } = argv;
    const removeHandlers = onStopRequest((reason) => {
      stop.abort(reason);
    });
    const removeTimer =
      maxTime === undefined
        ? () => undefined
        : onProcessAge(maxTime.ms, () => {
            stop.abort(new MaxTimePassed(maxTime.text));
          });
    const output = runOutput(process.stderr);
    const notifier = new Notifier({
      urls: [...parseNotifyUrls(readProject().notify ?? []), ...argv.notify],
      sweep: sweep.name,
      print: output.line,
      now: () => new Date(),
    });
    const run = async (): Promise<RunResult> => {
      const bucket = argv.bucket === undefined ? null : await openBucket(argv.bucket, stop.signal);
      return runSweep(sweep, {
        outDir: argv.out,
        ...executionOf(argv),
        retries: argv.retries,
        isolation: argv.isolation ?? RUN_DEFAULTS.isolation,
        logLevel: argv.logLevel,
        retryDiverged: argv.retryDiverged,
        onlyFailed: argv.onlyFailed,
        retrainCorrupt: argv.retrainCorrupt,
        acceptsRequests: argv.control && argv.queue === undefined,
        signal: stop.signal,
        output: notifier.watch(output),
        advance: advance && withEvents(advance, events),
        ...(argv.queue && { executor: queueExecutor(argv.queue, bucket) }),
        ...(bucket && { exchange: new BucketExchange(bucket) }),
      });
    };
    const startMs = performance.now();
    const result = await run()
      .then((ended) => {
        output.line(`Total time: ${formatDuration(performance.now() - startMs)}`);
        notifier.ended(ended);
        return ended;
      })
      .catch((error: unknown) => {
        notifier.failed(error);
        throw error;
      })
      .finally(async () => {
        await endEvents(events);
        await notifier.flush();
        removeHandlers();
        removeTimer();
        endDashboard();
      });
    const foundCorrupt = result.interrupted ? [] : await report(reload?.() ?? sweep, argv.out);
    const corrupt = uniqueTasks([...result.corrupt, ...foundCorrupt]);
    process.stdout.write(summaryText({ ...result, corrupt }, argv.out));
    const exitCode = exitCodeOf({ ...result, corrupt });
    // Another failure may have set it already.
    if (exitCode !== EXIT.ok) process.exitCode = exitCode;
  },
};

/** The Redis client is loaded only when there is something to execute. */
function queueExecutor(address: QueueAddress, bucket: ResultBucket | null): Executor {
  return async (start, context) => {
    const { executeQueued } = await import('../remote/queue/execute-queued.js');
    return executeQueued(start, { ...context, address, ...(bucket && { bucket }) });
  };
}

async function startEvents(
  { tasks }: Sweep,
  { out, tensorboard }: RunArguments,
): Promise<EventWriter | null> {
  if (tensorboard === undefined) return null;
  const { EventWriter } = await import('../export/tensorboard/event-writer.js');
  return new EventWriter({
    outDir: path.resolve(out),
    eventsDir: path.resolve(tensorboard),
    names: tasks.map(({ name }) => name),
  });
}

/** Passes the tasks of later stages on to the process that writes event files. */
function withEvents(advance: Advance, events: EventWriter | null): Advance {
  return (failed) => {
    const next = advance(failed);
    events?.add(next.sweep.tasks.map(({ name }) => name));
    return next;
  };
}

/** A problem with event files fails the command, but stops no task. */
async function endEvents(events: EventWriter | null): Promise<void> {
  const problems = (await events?.end()) ?? [];
  for (const problem of problems) process.stderr.write(`--tensorboard: ${problem}\n`);
  if (problems.length > 0) process.exitCode = EXIT.failure;
}

/** Prints the tables of means, and the findings. @returns the tasks whose files do not match their markers */
async function report(sweep: Sweep, outDir: string): Promise<CorruptTask[]> {
  const { loadContributions } = await import('../report/contribution.js');
  const { missingRuns } = await import('../report/report.js');
  const { readRuns } = await import('../report/runs.js');
  const { searchComparisons } = await import('../report/search/compared.js');
  const { joinParagraphs, terminalTables } = await import('../report/terminal.js');
  const { bestText } = await import('./best-text.js');
  const parts = await readRuns(sweep, outDir);
  const contributions = await loadContributions();
  const findings = contributions.flatMap((contribution) => contribution.findings?.(parts).lines ?? []);
  const tables = joinParagraphs([terminalTables(parts, contributions), ...findings]);
  process.stdout.write(
    `${tables === '' ? '' : `${tables}\n`}${bestText(searchComparisons(sweep))}${shardNote(sweep)}`,
  );
  const corrupt = missingRuns(parts).filter(({ state }) => state === 'corrupt');
  return corrupt.map(({ task, reason }) => ({ task, problem: reason }));
}

function uniqueTasks(corrupt: readonly CorruptTask[]): CorruptTask[] {
  return [...new Map(corrupt.map((item) => [item.task.id, item])).values()];
}

function shardNote(sweep: Sweep): string {
  if (sweep.shard === null) return '';
  if (sweep.tasks.length === 0) return `Nothing to execute: ${shardText(sweep)}.\n`;
  return `This is ${shardText(sweep)}; combine the shards with vae-sweep merge.\n`;
}

function exitCodeOf({
  interrupted,
  failed,
  corrupt,
}: Pick<RunResult, 'interrupted' | 'failed' | 'corrupt'>): number {
  if (interrupted) return EXIT.interrupted;
  return failed.length + corrupt.length > 0 ? EXIT.failure : EXIT.ok;
}

function checkRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0 && retries <= 100) return retries;
  throw new InputError(`--retries: expected a whole number from 0 to 100${received(retries)}`);
}
