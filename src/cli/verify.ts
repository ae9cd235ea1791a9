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
  loadSweepOf,
  received,
  sweepText,
  withShardOption,
  withSweepOptions,
  type ShardArguments,
} from './options.js';
import { countTasks } from './task-counter.js';

interface VerifyArguments extends ShardArguments {
  readonly retrain: number | undefined;
  readonly seed: number | undefined;
}

interface Verified {
  readonly finished: readonly Task[];
  readonly corrupt: readonly { readonly task: Task; readonly problem: string }[];
}

export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify <file>',
  describe: "Check finished tasks' files against their checksums, and train some again to compare the bits",
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('retrain', {
        type: 'number',
        requiresArg: true,
        coerce: (count: number) => wholeNumber('--retrain', count, 1),
        describe: 'Train so many finished tasks again and compare their bits',
      })
      .option('seed', {
        type: 'number',
        requiresArg: true,
        coerce: (seed: number) => wholeNumber('--seed', seed, 0),
        describe: 'Other tasks for --retrain. Default: 0',
      })
      .example('$0 verify sweeps/paper.yaml', 'is every byte what it was?')
      .example('$0 verify sweeps/paper.yaml --retrain 3', 'and does training give it again?'),
  handler: async (argv) => {
    const { retrain, seed } = argv;
    if (seed !== undefined && retrain === undefined)
      throw new InputError('--seed is for --retrain: give a number of tasks, as --retrain 3');
    const sweep = loadSweepOf(argv);
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
  const line = `${formatCount(finished.length)} of ${formatCount(tasks.length)} tasks are finished and as their checksums say.\n`;
  if (corrupt.length === 0) return line;
  const lines = corrupt.map(({ task, problem }) => `  ${task.name}: ${problem}\n`);
  return (
    `${line}Corrupt (${formatCount(corrupt.length)}):\n${lines.join('')}` +
    `  To mend them: \`vae-sweep run ${typed} --retrain-corrupt\` sets their folders aside and trains them again.\n`
  );
}

async function retrainSome(
  sweep: Sweep,
  finished: readonly Task[],
  argv: VerifyArguments & { readonly retrain: number; readonly seed: number },
): Promise<void> {
  if (finished.length === 0)
    throw new InputError(`--retrain: no task of ${sweep.file} is finished and whole yet`);
  const { drawTasks, retrain } = await import('../run/retrain.js');
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(reason);
  });
  const comparisons = await retrain(sweep, drawTasks(finished, argv.retrain, argv.seed), {
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
    `Trained again (${formatCount(comparisons.length)}, seed ${seed}):\n${lines.join('')}`,
    differing.length === 0
      ? ''
      : '  The store keeps what it had. To have them anew: `vae-sweep rm NAME --yes`, then run the sweep again.\n',
    mayRound ? '  Another kind of CPU may round differently; run.json names the CPU.\n' : '',
  ].join('');
}

function outcomeText({ differing, problem }: Comparison): string {
  if (problem !== null) return `can't be compared: ${problem}`;
  return differing.length === 0 ? 'the same bits' : `other bits in ${differing.join(', ')}`;
}

function isSame({ differing, problem }: Comparison): boolean {
  return differing.length === 0 && problem === null;
}

function wholeNumber(option: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError(`${option}: expected a whole number from ${least}${received(value)}`);
}
