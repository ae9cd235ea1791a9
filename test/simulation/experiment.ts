import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DONE, rowsWorker, type RowsDefinition } from '../../src/forms/rows.js';
import type { Experiment, ExperimentFamily } from '../../src/task/experiment.js';
import { identify } from '../../src/task/identity.js';
import { registerExperiments } from '../../src/task/registry.js';
import type { Settings, Task } from '../../src/task/task.js';
import { currentProcess } from './world.js';

interface SimulatedSettings extends Settings {
  readonly seed: number;
  readonly rows: number;
  /** Rows between two pauses, which take simulated time. */
  readonly rowsPerPause: number;
}

const KIND = 'simulated';
const VERSIONS = { simulation: 1 };
const MAX_PAUSE_MS = 1500;
/** How likely a thread fails at a pause while there are faults. */
const FAILURE_CHANCE = 0.01;

const savedSchema = z.number();

/**
 * Rows that depend on all rows before them, so that a task that resumes from a wrong state gives other bytes. Only how long it takes
 * depends on chance.
 */
const definition: RowsDefinition<SimulatedSettings> = {
  columns: () =>
    ['row', 'value'].map((name) => ({
      name,
      type: 'float64',
      unit: '-',
      description: name,
      nullable: false,
    })),
  async *run({ seed, rows, rowsPerPause }, context) {
    let value = savedSchema.parse(context.saved ?? seed);
    for (let row = context.rowsBefore; row < rows; row += 1) {
      if (row % rowsPerPause === 0) await pause();
      value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
      yield { row, value };
      context.save(value);
    }
    return { outcome: DONE, complete: true, holds: true };
  },
};

async function pause(): Promise<void> {
  const world = currentProcess()?.world;
  if (world === undefined) throw new Error('A simulated task ran outside of the simulation.');
  await delay(world.random.between(10, MAX_PAUSE_MS));
  if (world.hasFaults && world.random.chance(FAILURE_CHANCE)) throw new Error('out of luck');
}

/** Executes simulated tasks with the code that executes a user's functions. */
export const simulatedWorker = rowsWorker(definition);

const experiment: Experiment<SimulatedSettings> = {
  name: KIND,
  schemas: {},
  required: [],
  resolve: () => {
    throw new Error('Simulated tasks have no sweep file.');
  },
  problems: () => [],
  settingOf: ({ rows }) => rows,
  folderName: ({ seed, rows }) => `simulated-${seed}-${rows}`,
  versions: () => VERSIONS,
  cost: ({ rows }) => ({ microsecondsPerStep: 1000, trainingMs: rows, bytes: 10_000 }),
  unit: 'row',
  steps: ({ rows }) => rows,
  isResumable: true,
  continuation: null,
  tables: [],
  diskAdvice: null,
  startsProgram: false,
  dependsOnCpu: false,
  worker: new URL(import.meta.url),
  sample: null,
  display: {},
  columns: {},
  details: () => Promise.reject(new Error('Simulated tasks have no reports.')),
  warmUpKey: () => null,
};

const family: ExperimentFamily = {
  kinds: [KIND],
  summary: 'simulate',
  names: () => [KIND],
  named: () => experiment,
  of: () => experiment,
  reference: () => [],
  settings: z.strictObject({ kind: z.literal(KIND), seed: z.int(), rows: z.int(), rowsPerPause: z.int() }),
  versions: z.object({ simulation: z.int() }),
  installed: () => VERSIONS,
  pluginParts: {},
  versionLabels: {},
};

registerExperiments([family]);

/** The tasks that a simulated sweep may have. One of them logs more than a record batch before it ends. */
export const TASKS: readonly Task[] = [
  [3, 1],
  [8, 1],
  [1, 1],
  [1_200, 150],
  [5, 1],
].map(([rows = 1, rowsPerPause = 1], index) =>
  identify<SimulatedSettings>({ kind: KIND, seed: index + 1, rows, rowsPerPause }, VERSIONS),
);
