import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import yargs from 'yargs';
import { installedVersions } from '../../src/task/registry.js';
import { statusText } from '../../src/cli/status-text.js';
import { statusCommand } from '../../src/cli/status.js';
import type { Status } from '../../src/run/status.js';
import { acquireStoreLock, readStoreOwner } from '../../src/store/lock.js';
import { loadSweep } from '../../src/sweep/load.js';
import type { Task } from '../../src/task/task.js';
import { fail, finish, interrupt } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';
import { MAIN, vaeSweep } from './command.js';
import { waitUntil } from '../wait-until.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const task = sampleTask(2, { steps: 20_000 });
const nothing: Status = {
  sweep: { name: 'mine', file: 'mine.yaml' },
  outDir: '/out',
  owner: null,
  summary: '1 task: …',
  remainingMs: null,
  done: 0,
  running: [],
  interrupted: [],
  failed: [],
  corrupt: [],
  pending: [],
};

const owner = {
  description: 'process 12 on here, started 2026-01-01T11:58:30.000Z (run mine.yaml)',
  process: {
    nonce: 'a',
    host: 'here',
    pid: 12,
    startedAt: '2026-01-01T11:58:30.000Z',
    command: 'run mine.yaml',
  },
};

describe('the text', () => {
  test('has two lines without an active run and without tasks to list', () => {
    assert.equal(statusText(nothing, NOW), 'No active run in /out.\n1 task: …\n');
  });

  test('shows the owner, and one list per state that occurs', () => {
    const failure = {
      reason: 'error',
      message: 'out of luck',
      step: null,
      lastFinite: null,
      attempts: 1,
    } as const;
    const status: Status = {
      ...nothing,
      owner: { isAlive: true, ...owner },
      running: [
        { task, step: 4_000 },
        { task, step: null },
      ],
      interrupted: [{ task, step: 1_000 }],
      failed: [{ task, failure }],
      corrupt: [{ task, problem: 'steps.arrow is missing' }],
      pending: [task],
    };
    assert.equal(
      statusText(status, NOW),
      `In use for 1 min 30 s by process 12 on here, started 2026-01-01T11:58:30.000Z (run mine.yaml).
1 task: …
Running, at their latest checkpoints (2):
  ${task.name}: step 4,000 of 20,000
  ${task.name}: no checkpoint yet
Interrupted (1):
  ${task.name}: step 1,000 of 20,000
Failed (1):
  ${task.name}: out of luck
Corrupt, execute them again with run --retrain-corrupt (1):
  ${task.name}: steps.arrow is missing
Pending (1):
  ${task.name}
`,
    );
  });

  test('notes if it is unknown whether the owner is alive, or who it is', () => {
    const firstLine = (status: Status) => statusText(status, NOW).split('\n')[0];
    assert.equal(
      firstLine({ ...nothing, owner: { isAlive: 'unknown', ...owner } }),
      `Last used by ${owner.description}, which may still be active: this machine can't see its processes.`,
    );
    assert.equal(
      firstLine({
        ...nothing,
        owner: { isAlive: 'unknown', description: 'owner-1.json is invalid', process: null },
      }),
      'Unknown owner of /out: owner-1.json is invalid.',
    );
  });

  test('lists up to 20 tasks per state', () => {
    const lines = statusText({ ...nothing, pending: Array<Task>(1_021).fill(task) }, NOW).split('\n');
    assert.deepEqual(lines.slice(2, 3), ['Pending (1,021):']);
    assert.deepEqual(lines.slice(-2), ['  ... and 1,001 more; --json lists all of them', '']);
  });
});

describe('vae-sweep status', () => {
  let file: string;
  let outDir: string;
  let tasks: readonly Task[];

  beforeEach(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-status-'));
    file = path.join(folder, 'mine.yaml');
    outDir = path.join(folder, 'out');
    writeFileSync(
      file,
      'experiment: linear\ngrid: { dimensions: [[3, 12, 20]], seed: [1, 2, 3, 4] }\nsettings: { steps: 20000 }\n',
    );
    tasks = loadSweep(file, { versions: installedVersions() }).tasks;
    const [done, interrupted, failed] = tasks as [Task, Task, Task];
    finish(outDir, done);
    interrupt(outDir, interrupted, 4_000);
    fail(outDir, failed, 'diverged');
  });

  test('shows the summary and the tasks by state', () => {
    const [, interrupted, failed, fresh] = tasks.map(({ name }) => name);
    const { stdout, status } = vaeSweep('status', file, '--out', outDir);
    assert.equal(status, 0);
    const [owner, summary, ...lists] = stdout.split('\n');
    assert.equal(owner, `No active run in ${outDir}.`);
    assert.match(
      summary ?? '',
      /^4 tasks: 1 done, 1 interrupted \(step 4,000\), 1 failed \(diverged\), 1 pending; about \d+ ms on \d workers?$/,
    );
    assert.deepEqual(lists, [
      'Interrupted (1):',
      `  ${interrupted}: step 4,000 of 20,000`,
      'Failed (1):',
      `  ${failed}: out of luck (diverged)`,
      'Pending (1):',
      `  ${fresh}`,
      '',
    ]);
  });

  test('works during a run without taking its lock, and prints everything with --json', async () => {
    const lock = await acquireStoreLock(outDir);
    const { stdout, status } = vaeSweep('status', file, '--out', outDir, '--json', '--only', 'seed=1,2');
    assert.equal(readStoreOwner(outDir)?.process?.pid, process.pid);
    await lock.release();
    const printed = JSON.parse(stdout) as Record<string, unknown> & {
      owner: { process: { pid: number; host: string } };
    };
    assert.deepEqual(
      [printed.owner.process.pid, printed.owner.process.host, status],
      [process.pid, hostname(), 0],
    );
    assert.deepEqual([printed['done'], printed['failed'], printed['toRun']], [1, [], []]);
    const [, interrupted] = tasks as [Task, Task];
    assert.deepEqual(printed['toContinue'], [
      { id: interrupted.id, name: interrupted.name, step: 4_000, steps: 20_000 },
    ]);
  });

  test('refreshes with --watch until Ctrl-C', async () => {
    const child = spawn(process.execPath, [MAIN, 'status', file, '--out', outDir, '--watch']);
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await waitUntil('the status is shown twice', () => shown.split('No active run').length >= 3);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null]);
  });

  test('rejects --watch with --json', async () => {
    const parse = async () =>
      await yargs(['status', file, '--json', '--watch'])
        .command(statusCommand)
        .strict()
        .fail(false)
        .parseAsync();
    await assert.rejects(parse(), {
      name: 'InputError',
      message: '--watch and --json exclude each other: pass only one of them',
    });
  });
});
