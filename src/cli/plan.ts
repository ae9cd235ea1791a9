import type { CommandModule } from 'yargs';
import { checkDiskSpace } from '../store/disk-space.js';
import type { Plan } from './make-plan.js';
import { makePlan } from './make-plan.js';
import type { ShardArguments } from './options.js';
import { loadSweepOf, withShardOption, withSweepOptions } from './options.js';
import { planText } from './plan-text.js';

interface PlanArguments extends ShardArguments {
  readonly json: boolean;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  command: 'plan <file>',
  describe:
    'Show the tasks of a sweep, what is done already, and estimates of time and disk, without running',
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('json', { type: 'boolean', default: false, describe: 'Print all tasks as JSON' })
      .example('$0 plan sweeps/paper.yaml', 'tasks, time and disk space of a sweep')
      .example('$0 plan sweeps/paper.yaml --shard 3/8', 'the part of one of eight machines'),
  handler: (argv) => {
    const plan = makePlan(loadSweepOf(argv), argv.out, argv.workers);
    process.stdout.write(argv.json ? planJson(plan) : planText(plan));
    checkDiskSpace(plan.out, plan.remaining.bytes, plan.sweep.tasks);
  },
};

function planJson({ sweep, out, workers, tasks, remaining, learnedTimes, freeBytes: free }: Plan): string {
  const items = [...tasks.values()].map(
    ({ task, state, cost: { microsecondsPerStep, trainingMs, bytes } }) => ({
      id: task.id,
      name: task.name,
      state,
      settings: task.settings,
      microsecondsPerStep,
      trainingMs,
      bytes,
    }),
  );
  const { name, title, file, shard } = sweep;
  return `${JSON.stringify({ name, title, file, shard, out, workers, remaining, learnedTimes, freeBytes: free, tasks: items }, null, 1)}\n`;
}
