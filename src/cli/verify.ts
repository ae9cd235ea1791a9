import type { CommandModule } from 'yargs';
import type { Comparison } from '../run/retrain.js';
import { runOutput } from './run-output.js';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError } from '../errors.js';
import { taskFolder, verifyTask } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { defaultRunOptions } from '../run/defaults.js';
import {
  DEFAULT_WORKERS,
  loadSweepOf,
  received,
  sweepText,
  withShardOption,
  withSweepOptions,
  workersOption,
  type ShardArguments,
} from './options.js';
import { countTasks } from './task-counter.js';

interface VerifyArguments extends ShardArguments {
  readonly workers: number;
  readonly retrain: number | undefined;
  readonly seed: number | undefined;
}

interface Verified {
  readonly finished: readonly Task[];
  readonly corrupt: readonly { readonly task: Task; readonly problem: string }[];
}

export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify <file>',
  describe: 'Check the files of finished tasks against checksums',
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('workers', { ...workersOption, default: DEFAULT_WORKERS })
      .option('retrain', {
        type: 'number',
        requiresArg: true,
        coerce: (count: number) => wholeNumber('--retrain', count, 1),
        describe: 'Execute this many finished tasks again and compare their bits',
      })
      .option('seed', {
        type: 'number',
        requiresArg: true,
        coerce: (seed: number) => wholeNumber('--seed', seed, 0),
        describe: 'Random seed that chooses the tasks of --retrain. Default: 0',
      })
      .example('$0 verify sweeps/paper.yaml', 'check every file')
      .example('$0 verify sweeps/paper.yaml --retrain 3', 'also execute three tasks again'),
  handler: async (argv) => {
    const { retrain, seed } = argv;
    if (seed !== undefined && retrain === undefined)
      throw new InputError(
        '--seed has no effect without --retrain: pass a number of tasks, for example --retrain 3',
      );
    const sweep = await loadSweepOf(argv);
    const verified = verifyAll(sweep, argv.out);
    process.stdout.write(verifiedText(verified, sweep, sweepText(argv)));
    if (verified.corrupt.length > 0) process.exitCode = EXIT.failure;
    if (retrain !== undefined)
      await retrainSome(sweep, verified.finished, { ...argv, retrain, seed: seed ?? 0 });
  },
};

function verifyAll({ tasks }: Sweep, out: string): Verified {
  const finished: Task[] = [];
  const corrupt: { task: Task; problem: string }[] = [];
  const bar = countTasks(tasks.length);
  for (const task of tasks) {
    const state = verifyTask(taskFolder(out, task), task.id);
    if (state.state === 'done') finished.push(task);
    if (state.state === 'corrupt') corrupt.push({ task, problem: state.problem });
    bar.increment();
  }
  bar.stop();
  return { finished, corrupt };
}

function verifiedText({ finished, corrupt }: Verified, { tasks }: Sweep, typed: string): string {
  const line = verifiedLine(finished.length, tasks.length);
  if (corrupt.length === 0) return line;
  const lines = corrupt.map(({ task, problem }) => `  ${task.name}: ${problem}\n`);
  return (
    `${line}Corrupt (${formatCount(corrupt.length)}):\n${lines.join('')}` +
    `  To fix them, run \`vae-sweep run ${typed} --retrain-corrupt\`: it sets their folders aside and executes the tasks again.\n`
  );
}

/** For example `21 of 21 tasks verified: all checksums match.` */
function verifiedLine(finished: number, tasks: number): string {
  return `${formatCount(finished)} of ${formatCount(tasks)} tasks verified: all checksums match.\n`;
}

async function retrainSome(
  sweep: Sweep,
  finished: readonly Task[],
  argv: VerifyArguments & { readonly retrain: number; readonly seed: number },
): Promise<void> {
  if (finished.length === 0)
    throw new InputError(`--retrain: no task of ${sweep.file} is done and intact yet`);
  const { sampleTasks, retrain } = await import('../run/retrain.js');
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(reason);
  });
  const comparisons = await retrain(sweep, sampleTasks(finished, argv.retrain, argv.seed), {
    ...defaultRunOptions(),
    outDir: argv.out,
    workers: argv.workers,
    retries: 0,
    signal: stop.signal,
    output: runOutput(process.stderr),
  }).finally(removeHandlers);
  if (comparisons !== null) process.stdout.write(comparisonText(comparisons, argv.seed));
  if (comparisons === null) process.exitCode = EXIT.interrupted;
  else if (comparisons.some((comparison) => !isSame(comparison))) process.exitCode = EXIT.failure;
}

export function comparisonText(comparisons: readonly Comparison[], seed: number): string {
  const lines = comparisons.map((comparison) => `  ${comparison.task.name}: ${outcomeText(comparison)}\n`);
  const differing = comparisons.filter(({ differing }) => differing.length > 0);
  const mayRound = differing.some(({ task }) => experimentOf(task.settings).dependsOnCpu);
  return [
    `Executed ${formatCount(comparisons.length)} ${comparisons.length === 1 ? 'task' : 'tasks'} again (seed ${seed}):\n${lines.join('')}`,
    differing.length === 0
      ? ''
      : '  The store is unchanged. To replace these results, run `vae-sweep rm NAME --yes`, then run the sweep again.\n',
    mayRound ? '  Another kind of CPU may round differently; run.json names the CPU.\n' : '',
  ].join('');
}

function outcomeText({ differing, problem }: Comparison): string {
  if (problem !== null) return `can't be compared: ${problem}`;
  return differing.length === 0 ? 'identical' : `differs in ${differing.join(', ')}`;
}

function isSame({ differing, problem }: Comparison): boolean {
  return differing.length === 0 && problem === null;
}

function wholeNumber(option: string, value: number, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new InputError(`${option}: expected a whole number from ${min}${received(value)}`);
}
