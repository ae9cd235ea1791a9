import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { runSweep, type RunOptions, type RunResult } from '../../src/run/run-sweep.js';
import { findRun, sendRequest, type RunRequest } from '../../src/store/run-requests.js';
import { readTaskState, taskFolder } from '../../src/store/task-folder.js';
import type { Task } from '../../src/task/task.js';
import { waitUntil } from '../wait-until.js';
import { standInOptions, standInTask, startsOf, untilStarted } from './stand-in.js';

const SWEEP = { name: 'mine', file: 'mine.yaml' };
const FROM = '192.0.2.7';

let outDir: string;
let shown: () => string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-control-'));
});

async function run(tasks: readonly Task[], changes: Partial<RunOptions> = {}): Promise<RunResult> {
  const options = standInOptions(outDir, { workers: 1, retries: 0, acceptsRequests: true, ...changes });
  shown = options.shown;
  return runSweep({ ...SWEEP, tasks }, options);
}

function inbox(): string {
  const found = findRun(outDir, SWEEP);
  assert.ok(found.isOpen, JSON.stringify(found));
  return found.folder;
}

function ask(request: RunRequest): void {
  assert.equal(sendRequest(inbox(), request, FROM), null);
}

function stateOf(task: Task): string {
  return readTaskState(taskFolder(outDir, task), task.id).state;
}

function logOf({ logFile }: RunResult): Record<string, unknown>[] {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a run that accepts requests', () => {
  test('stops with checkpoints, logs who asked, and continues when it is started again', async () => {
    const task = standInTask(2, 'runs until stopped');
    const running = run([task]);
    await untilStarted(outDir, 1);
    ask({ action: 'stop' });
    const result = await running;
    assert.ok(result.interrupted);
    assert.equal(stateOf(task), 'interrupted');
    assert.match(shown(), /192.0.2.7 asked in the dashboard: stop\nstopping: requested by 192.0.2.7/);
    const asked = logOf(result).filter(({ msg }) => msg === 'request received');
    assert.deepEqual(
      asked.map(({ action, from }) => [action, from]),
      [['stop', FROM]],
    );
    assert.ok(!existsSync(path.join(outDir, 'control')));
    assert.equal((await run([task])).done, 1);
  });

  test('cancels one waiting and one running task, and finishes the others', async () => {
    const [running, waiting, other] = [
      standInTask(2, 'runs until stopped', { steps: 300 }),
      standInTask(3, 'succeeds', { steps: 200 }),
      standInTask(4, 'succeeds', { steps: 100 }),
    ];
    const ended = run([running, waiting, other]);
    await untilStarted(outDir, 1);
    ask({ action: 'cancel', task: waiting.id });
    ask({ action: 'cancel', task: running.id });
    const { done, interrupted } = await ended;
    assert.deepEqual([done, interrupted], [1, true]);
    assert.deepEqual([running, waiting, other].map(stateOf), ['interrupted', 'new', 'done']);
    assert.equal((await run([running, waiting, other])).done, 3);
  });

  test('starts the requested task before the other waiting tasks', async () => {
    const tasks = [standInTask(0, 'runs until stopped', { steps: 900 })];
    for (const seed of [1, 2, 3, 4]) tasks.push(standInTask(seed, 'succeeds', { steps: 500 - seed }));
    const [first, second, third, fourth, fifth] = tasks;
    assert.ok(first && second && third && fourth && fifth);
    const ended = run(tasks);
    await untilStarted(outDir, 1);
    ask({ action: 'next', task: fourth.id });
    ask({ action: 'next', task: fifth.id });
    ask({ action: 'next', task: first.id });
    ask({ action: 'cancel', task: first.id });
    await ended;
    assert.deepEqual(
      startsOf(outDir),
      [first, fifth, fourth, second, third].map(({ name }) => name),
    );
    assert.match(shown(), new RegExp(`start next ${first.name}: ignored, because the task is not waiting`));
  });

  test('retries failed tasks once the others have ended, also one that failed for good', async () => {
    const [once, diverged, long] = [
      standInTask(2, 'fails once', { steps: 300 }),
      standInTask(3, 'diverges', { steps: 200 }),
      standInTask(4, 'runs until stopped', { steps: 100 }),
    ];
    const ended = run([once, diverged, long]);
    await untilStarted(outDir, 3);
    ask({ action: 'retry', task: null });
    ask({ action: 'retry', task: long.id });
    await waitUntil('the last request was handled', () => shown().includes('the task has not failed'));
    ask({ action: 'cancel', task: long.id });
    const { done, failed } = await ended;
    assert.deepEqual([done, failed.map(({ task }) => task.name)], [1, [diverged.name]]);
    assert.deepEqual(startsOf(outDir).slice(3).sort(), [once.name, diverged.name].sort());
  });

  test('ignores requests for unknown tasks, invalid files, and what an earlier run left behind', async () => {
    const old = path.join(outDir, 'control', 'old');
    mkdirSync(old, { recursive: true });
    writeFileSync(path.join(old, '1.json'), '{}');
    const task = standInTask(2, 'runs until stopped');
    const ended = run([task]);
    await untilStarted(outDir, 1);
    assert.equal(readdirSync(path.join(outDir, 'control')).length, 1);
    const escape = { request: { action: 'stop' }, from: '\u001b[2J' };
    writeFileSync(path.join(inbox(), '0.json'), '{"request":{"action":"delete"},"from":"x"}');
    writeFileSync(path.join(inbox(), '1.json'), JSON.stringify(escape));
    symlinkSync(path.join(outDir, 'other'), path.join(inbox(), '2.json'));
    symlinkSync(path.join(outDir, 'other'), path.join(inbox(), 'zz.json'));
    ask({ action: 'cancel', task: '0123456789abcdef' });
    await waitUntil('the requests were handled', () => shown().includes('the run does not have this task'));
    ask({ action: 'stop' });
    const log = logOf(await ended);
    const ignored = log.filter(({ msg }) => msg === 'request ignored');
    assert.deepEqual(ignored.map(({ problem }) => String(problem).split(' ').slice(0, 3).join(' ')).sort(), [
      '0.json is invalid',
      '1.json is invalid',
      '2.json is a',
      'the run does',
      'zz.json is a',
    ]);
  });
});

describe('findRun', () => {
  test('says why a run cannot be controlled, and what to do', async () => {
    const advice = (sweep = SWEEP) => {
      const found = findRun(outDir, sweep);
      return found.isOpen ? null : found.advice;
    };
    assert.equal(advice(), 'no run is active: start one with vae-sweep run mine.yaml');
    const task = standInTask(2, 'runs until stopped');
    const stop = new AbortController();
    let ended = run([task], { acceptsRequests: false, signal: stop.signal });
    await untilStarted(outDir, 1);
    assert.match(advice() ?? '', /accepts no requests, for example because of --no-control/);
    stop.abort();
    await ended;
    ended = run([standInTask(3, 'runs until stopped')]);
    await untilStarted(outDir, 2);
    assert.equal(
      advice({ name: 'other', file: 'other.yaml' }),
      'the active run executes mine: select that sweep to control it',
    );
    const folder = inbox();
    for (let count = 0; count < 100; count += 1) writeFileSync(path.join(folder, `9${count}.json`), '{}');
    assert.match(sendRequest(folder, { action: 'stop' }, FROM) ?? '', /^100 requests already wait/);
    await waitUntil('the run has handled them', () => sendRequest(folder, { action: 'stop' }, FROM) === null);
    await ended;
    assert.equal(sendRequest(folder, { action: 'stop' }, FROM), 'the run has just ended');
  });
});
