import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { mersenne } from 'pure-rand/generator/mersenne';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { resultHashes, runCommand, startCommand } from './command.js';
import { SEED } from '../seed.js';

/** Number of kills; `npm run test:soak` sets hundreds. */
const KILLS = Number(process.env['VAE_SWEEP_KILLS'] ?? 8);
/** Latest time of a kill after the start of Node, well into training. */
const LATEST_KILL_MS = 2_500;

const SWEEPS = {
  'linear.yaml': {
    experiment: 'linear',
    grid: { dimensions: [[3, 5, 4]], seed: [2, 3] },
    settings: { steps: 40_000 * KILLS, batchSize: 20, evaluateEverySteps: 30_000, logEverySteps: 3 },
  },
  'sphere.yaml': {
    experiment: 'sphere',
    grid: { dimensions: [[2, 4, 3]], seed: [69] },
    settings: { steps: 5_000 * KILLS, hiddenWidths: [20, 20], evaluateEverySteps: 7_000 },
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
  const random = mersenne(SEED);
  let kills = 0;
  for (; kills < KILLS; kills++) {
    const { child, ended } = startCommand(run('killed'));
    await Promise.race([ended, delay(uniformInt(random, 0, LATEST_KILL_MS))]);
    if (child.exitCode !== null) break;
    kill(child.pid ?? 0, VICTIMS[uniformInt(random, 0, VICTIMS.length - 1)] ?? 'all');
    killAll(child.pid ?? 0);
    await ended;
  }
  const last = await runCommand(run('killed'));
  assert.equal(last.code, 0, last.stderr);
  assert.deepEqual(
    resultHashes(path.join(folder, 'killed')),
    resultHashes(path.join(folder, 'uninterrupted')),
  );
  assert.equal(tables(last.stdout), tables(uninterrupted.stdout));
  assert.ok(kills >= KILLS / 2, `only ${kills} kills before the sweep was done`);
});

/** Kills the command if it survived the death of the training process. */
function killAll(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All processes have exited already.
  }
}

function kill(pid: number, victim: (typeof VICTIMS)[number]): void {
  const children = childrenOf(pid);
  if (victim === 'all') killAll(pid);
  else if (victim === 'command') process.kill(pid, 'SIGKILL');
  else for (const child of children) process.kill(child, 'SIGKILL');
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function tables(stdout: string): string {
  return stdout.slice(0, stdout.indexOf('Arrow logs:'));
}
