import { writeFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import '../src/experiments/index.js';
import { EXIT, InputError, UserError } from '../src/errors.js';
import { compareResults, readResult } from './compare.js';
import { describeMachine, describeVersions } from './machine.js';
import { measureDispatch } from './measure-dispatch.js';
import { measureLogging } from './measure-logging.js';
import { measureMemory } from './measure-memory.js';
import { measureModels } from './measure-models.js';
import { measurePlanning } from './measure-planning.js';
import { measureQueue } from './measure-queue.js';
import { measureReport } from './measure-report.js';
import { measureScaling } from './measure-scaling.js';
import { measureSearch } from './measure-search.js';
import { measureServe } from './measure-serve.js';
import { measureStart } from './measure-start.js';
import { measureTraining } from './measure-training.js';
import type { MeasureOptions } from './options.js';
import { changesText, resultText } from './print.js';
import type { Result } from './result.js';

type Part =
  | 'training'
  | 'models'
  | 'scaling'
  | 'logging'
  | 'memory'
  | 'start'
  | 'report'
  | 'serve'
  | 'dispatch'
  | 'queue'
  | 'planning'
  | 'search';

/** The parts of the benchmark in the order of measurement. Each function returns its part of the result. */
const PARTS: Record<Part, (options: MeasureOptions) => Promise<Partial<Result>>> = {
  training: async (options) => ({ training: await measureTraining(options) }),
  models: async (options) => ({ models: await measureModels(options) }),
  scaling: async (options) => ({ scaling: await measureScaling(options) }),
  logging: async (options) => ({ logging: await measureLogging(options) }),
  memory: async (options) => ({ memory: await measureMemory(options) }),
  start: async (options) => ({ start: await measureStart(options) }),
  report: async (options) => ({ report: await measureReport(options) }),
  serve: async (options) => ({ serve: await measureServe(options) }),
  dispatch: async (options) => ({ dispatch: await measureDispatch(options) }),
  queue: async (options) => ({ queue: await measureQueue(options) }),
  planning: async (options) => ({ planning: await measurePlanning(options) }),
  search: async (options) => ({ search: await measureSearch(options) }),
};

const ALL_PARTS = Object.keys(PARTS) as Part[];
const ROUNDS = 7;

try {
  await benchmark();
} catch (error) {
  process.exitCode = error instanceof UserError ? error.exitCode : EXIT.failure;
  const expected =
    error instanceof UserError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`bench: ${expected}\n`);
}

async function benchmark(): Promise<void> {
  const options = await parseOptions();
  const before = options.compare === undefined ? null : readResult(options.compare);
  let result: Result = {
    date: new Date().toISOString(),
    rounds: options.rounds,
    machine: describeMachine(),
    versions: describeVersions(),
  };
  for (const part of ALL_PARTS.filter((name) => options.only.includes(name))) {
    result = { ...result, ...(await PARTS[part](options)) };
    // Write after each part, because a later one may fail.
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  }
  process.stdout.write(`${resultText(result)}\n`);
  if (before !== null)
    process.stdout.write(`\n${changesText(compareResults(before, result), before.date)}\n`);
}

async function parseOptions(): Promise<MeasureOptions & { only: Part[]; json?: string; compare?: string }> {
  const argv = await yargs(hideBin(process.argv))
    .scriptName('npm run bench --')
    .usage('$0 [options]\n\nMeasure speed and memory. Run nothing else on the machine.')
    .option('only', {
      type: 'string',
      requiresArg: true,
      default: ALL_PARTS.join(),
      coerce: checkParts,
      describe: 'Parts to measure, e.g. training,scaling',
    })
    .option('rounds', {
      type: 'number',
      requiresArg: true,
      default: ROUNDS,
      coerce: (value: number) => checkCount('--rounds', value),
      describe: 'Number of repetitions of each measurement',
    })
    .option('steps', {
      type: 'number',
      requiresArg: true,
      coerce: (value: number) => checkCount('--steps', value),
      describe: 'Maximum number of steps per measurement, to try the benchmark quickly',
    })
    .option('peers', {
      type: 'string',
      requiresArg: true,
      describe: 'Python with JAX and PyTorch, to measure them too',
    })
    .option('optuna', {
      type: 'string',
      requiresArg: true,
      describe: 'Python with Optuna, to compare the search with it',
    })
    .option('json', { type: 'string', requiresArg: true, describe: 'File to write the result to' })
    .option('compare', {
      type: 'string',
      requiresArg: true,
      describe: 'Earlier file of --json; print the changes since then',
    })
    .strict()
    .version(false)
    .fail((message, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new InputError(message);
    })
    .parseAsync();
  return {
    ...argv,
    progress: (line) => {
      process.stderr.write(`${line}\n`);
    },
  };
}

function checkParts(text: string): Part[] {
  return text.split(',').map((name) => {
    const part = ALL_PARTS.find((known) => known === name);
    if (part !== undefined) return part;
    throw new InputError(`--only: expected one or more of ${ALL_PARTS.join()}, got ${name}`);
  });
}

function checkCount(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InputError(`${option}: expected a whole number from 1, got ${value}`);
}
