import type { CommandModule } from 'yargs';
import { checkDiskSpace } from '../store/disk-space.js';
import type { Plan } from './make-plan.js';
import { makePlan } from './make-plan.js';
import type { SweepArguments } from './options.js';
import { loadSweepOf, withSweepOptions } from './options.js';
import { planText } from './plan-text.js';

interface PlanArguments extends SweepArguments {
  readonly json: boolean;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  command: 'plan <file>',
  describe:
    'Show the tasks of a sweep, what is done already, and estimates of time and disk, without running',
  builder: (yargs) =>
    withSweepOptions(yargs).option('json', {
      type: 'boolean',
      default: false,
      describe: 'Print all tasks as JSON',
    }),
  handler: (argv) => {
    const plan = makePlan(loadSweepOf(argv), argv.out, argv.workers);
    process.stdout.write(argv.json ? planJson(plan) : planText(plan));
    checkDiskSpace(plan.out, plan.remaining.bytes);
  },
};

function planJson({ sweep, out, workers, tasks, remaining, freeBytes: free }: Plan): string {
  const items = [...tasks.values()].map(({ task, state, cost }) => ({
    id: task.id,
    name: task.name,
    state,
    settings: task.settings,
    ...cost,
  }));
  const { name, title, file } = sweep;
  return `${JSON.stringify({ name, title, file, out, workers, remaining, freeBytes: free, tasks: items }, null, 1)}\n`;
}
