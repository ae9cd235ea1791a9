import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { EXIT, InputError, StoreError } from '../errors.js';
import { installedPlugins } from '../task/plugins.js';
import { listStore } from '../store/inventory.js';
import { taskFolder, verifyTask } from '../store/task-folder.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { STATE_LABELS } from '../task/states.js';
import type { SampleRequest } from '../task/protocol.js';
import { received } from './options.js';
import { findTask, storeOptions } from './store-filter.js';
import { withPlugins } from './plugins.js';

interface SampleArguments {
  readonly task: string;
  readonly n: number;
  readonly seed: number;
  readonly to: string | undefined;
  readonly out: string;
}

const ENTRY = fileURLToPath(new URL('../../workers/sample.js', import.meta.url));
const MAX_POINTS = 10_000_000;
const MAX_SEED = 2 ** 31 - 1;

export const sampleCommand: CommandModule<object, SampleArguments> = {
  command: 'sample <task>',
  describe: 'Draw points from the trained model of a task as CSV',
  builder: (yargs) =>
    withPlugins(yargs)
      .positional('task', {
        type: 'string',
        demandOption: true,
        describe: 'Name of a task, as listed by vae-sweep ls, or its id',
      })
      .option('n', {
        type: 'number',
        default: 1_000,
        requiresArg: true,
        coerce: (count: number) => wholeNumber('-n', count, 1, MAX_POINTS),
        describe: 'Number of points; a larger number begins with the same ones',
      })
      .option('seed', {
        type: 'number',
        default: 0,
        requiresArg: true,
        coerce: (seed: number) => wholeNumber('--seed', seed, 0, MAX_SEED),
        describe: 'Random seed',
      })
      .option('to', { type: 'string', requiresArg: true, describe: 'New file. Default: standard output' })
      .option('out', storeOptions.out)
      .example('$0 sample 732aa8800e50deb9 -n 5', 'five points')
      .example(
        '$0 sample sphere-2-6-6-seed48-997ec6a3c8b7ffc7 -n 100000 --to points.csv',
        'many, into a file',
      ),
  handler: ({ task: name, n, seed, to, out }) => {
    const task = finishedTask(name, out);
    const plugins = installedPlugins().map(({ file }) => file);
    draw({ task, folder: taskFolder(out, task), count: n, seed, plugins }, to);
  },
};

function finishedTask(name: string, out: string): Task {
  const entry = findTask(name, listStore(out), out);
  if (entry.kind !== 'task')
    throw new InputError(`${name} can't be read as a task. See the reason in vae-sweep ls`);
  const { task } = entry;
  if (experimentOf(task.settings).sample === null)
    throw new InputError(`${task.name} trains no model, so it has no points to sample`);
  const state = verifyTask(taskFolder(out, task), task.id);
  if (state.state === 'corrupt') throw new StoreError(`${task.name} is corrupt: ${state.problem}`);
  if (state.state !== 'done')
    throw new InputError(
      `${task.name} is ${STATE_LABELS[state.state].word}: its model is saved once it is done`,
    );
  return task;
}

function draw(request: SampleRequest, to: string | undefined): void {
  const target = to === undefined ? 'inherit' : openNew(to);
  const { status, stderr } = spawnSync(process.execPath, [ENTRY, JSON.stringify(request)], {
    stdio: ['ignore', target, 'pipe'],
  });
  if (typeof target === 'number') closeSync(target);
  // TensorFlow prints hints about its version even if nothing is wrong.
  if (status === 0) return;
  process.stderr.write(stderr);
  // Half of the points are none.
  if (to !== undefined) rmSync(to);
  process.exitCode = status ?? EXIT.failure;
}

function openNew(file: string): number {
  try {
    return openSync(file, 'wx');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      `--to ${file}: ${code === 'EEXIST' ? 'already exists: choose another name' : `can't be created (${String(code)})`}`,
      { cause: error },
    );
  }
}

function wholeNumber(option: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InputError(`${option}: expected a whole number from ${min} to ${max}${received(value)}`);
}
