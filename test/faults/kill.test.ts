import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { mersenne } from 'pure-rand/generator/mersenne';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { resultHashes, runCommand, startCommand } from './command.js';
import { readProgress } from '../../src/store/checkpoint.js';
import { namesIn } from '../../src/store/files.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import { SEED } from '../seed.js';
import { childrenOf, printFigure, reportResult } from '../soak/figures.js';
import { waitUntil } from '../wait-until.js';

/** Number of kills; `npm run test:soak` sets a thousand. */
const KILLS = Number(process.env['VAE_SWEEP_KILLS'] ?? 8);
/** What a kill waits for before its delay: the start of the command, that of the process that trains, or a new checkpoint. */
const MOMENTS = ['start', 'training', 'checkpoint'] as const;
/** The longest delay of a kill after its moment. */
const LATEST_KILL_MS = 2_500;
/** Number of kills between two lines of progress. */
const PRINT_EVERY = 25;

/** Grows with the number of steps, so that the logs stay within the limit of rows. */
const LOG_EVERY_STEPS = Math.ceil(KILLS / 50);

const SWEEPS = {
  'linear.yaml': {
    experiment: 'linear',
    grid: { dimensions: [[3, 5, 4]], seed: [2, 3] },
    settings: {
      steps: 40_000 * KILLS,
      batchSize: 20,
      evaluateEverySteps: 30_000,
      logEverySteps: 2 * LOG_EVERY_STEPS + 1,
    },
  },
  'sphere.yaml': {
    experiment: 'sphere',
    grid: { dimensions: [[2, 4, 3]], seed: [69] },
    settings: {
      steps: 5_000 * KILLS,
      hiddenWidths: [20, 20],
      evaluateEverySteps: 7_000,
      logEverySteps: LOG_EVERY_STEPS,
    },
  },
  'both.yaml': { sweeps: ['linear.yaml', 'sphere.yaml'] },
};

/** The victims of kill -9: all processes, like a crash of the machine; only the command; or only the process that trains. */
const VICTIMS = ['all', 'command', 'trainer'] as const;

test(`a sweep that is killed ${KILLS} times (seed ${SEED}) finishes with the same bytes as one that was not`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-kill-'));
  for (const [name, sweep] of Object.entries(SWEEPS))
    writeFileSync(path.join(folder, name), JSON.stringify(sweep));
  const run = (out: string) => [
    ...['run', path.join(folder, 'both.yaml'), '--out', path.join(folder, out)],
    ...['--checkpoint-every', '0.1'],
  ];
  const uninterrupted = await runCommand(run('uninterrupted'));
  assert.equal(uninterrupted.code, 0, uninterrupted.stderr);
  printFigure('the uninterrupted sweep is done');
  const killed = path.join(folder, 'killed');
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary);
  const random = mersenne(SEED);
  const counts = { all: 0, command: 0, trainer: 0, duringTraining: 0, afterNewCheckpoint: 0 };
  let kills = 0;
  const print = () => {
    const left = `${readdirSync(temporary).length} temporary files`;
    printFigure(`${kills} of ${KILLS} kills (${JSON.stringify(counts)}), ${left}`);
  };
  for (; kills < KILLS; kills++) {
    if (kills % PRINT_EVERY === 0) print();
    const { child, ended } = startCommand(run('killed'), { TMPDIR: temporary });
    const before = stepsIn(killed);
    const pid = child.pid ?? 0;
    const moment = MOMENTS[uniformInt(random, 0, MOMENTS.length - 1)] ?? 'start';
    const isReached = () =>
      moment === 'training' ? childrenOf(pid).length > 0 : hasAdvanced(before, stepsIn(killed));
    if (moment !== 'start')
      await waitUntil(`the kill's moment, ${moment}`, () => child.exitCode !== null || isReached());
    await Promise.race([ended, delay(uniformInt(random, 0, LATEST_KILL_MS))]);
    if (child.exitCode !== null) break;
    const victim = VICTIMS[uniformInt(random, 0, VICTIMS.length - 1)] ?? 'all';
    counts[victim] += 1;
    if (kill(pid, victim)) counts.duringTraining += 1;
    killAll(pid);
    await ended;
    if (hasAdvanced(before, stepsIn(killed))) counts.afterNewCheckpoint += 1;
  }
  print();
  const last = await runCommand(run('killed'));
  printFigure('the killed sweep is done');
  assert.equal(last.code, 0, last.stderr);
  assert.deepEqual(resultHashes(killed), resultHashes(path.join(folder, 'uninterrupted')));
  assert.equal(tables(last.stdout), tables(uninterrupted.stdout));
  assert.ok(kills >= KILLS / 2, `only ${kills} kills before the sweep was done`);
  reportResult(`kills of a sweep: ${kills}, the same bytes (${JSON.stringify(counts)})`);
});

type Steps = ReadonlyMap<string, number>;

/** Returns the step of each task's checkpoint; infinity if the task is done. */
function stepsIn(outDir: string): Steps {
  const tasks = path.join(outDir, 'tasks');
  return new Map(
    namesIn(tasks).map((name) => {
      const isDone = existsSync(path.join(tasks, name, TASK_FILES.done));
      return [name, isDone ? Infinity : (readProgress(path.join(tasks, name)).step ?? 0)];
    }),
  );
}

function hasAdvanced(before: Steps, now: Steps): boolean {
  return [...now].some(([name, step]) => step > (before.get(name) ?? 0));
}

/** Kills the command if it survived the death of the training process. */
function killAll(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All processes have exited already.
  }
}

/** @returns whether the command had a process that trains */
function kill(pid: number, victim: (typeof VICTIMS)[number]): boolean {
  const children = childrenOf(pid);
  if (victim === 'all') killAll(pid);
  else if (victim === 'command') process.kill(pid, 'SIGKILL');
  else for (const child of children) process.kill(child, 'SIGKILL');
  return children.length > 0;
}

function tables(stdout: string): string {
  return stdout.slice(0, stdout.indexOf('Arrow logs:'));
}
