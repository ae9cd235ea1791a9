import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { test } from 'node:test';
import { lineOutput, progressText } from '../../src/api/run-lines.js';
import { runOutput } from '../../src/cli/run-output.js';
import { MaxTimePassed } from '../../src/run/stop.js';
import type { Snapshot } from '../../src/run/tally.js';
import { sampleTask } from '../store/sample-task.js';

const task = sampleTask(2, { steps: 100_000 });
const snapshot: Snapshot = {
  tasksDone: 12,
  tasks: 21,
  stepsPerSecond: 51_234.4,
  etaMs: 72_000,
  workers: [{ task, step: 42_000 }, null],
};

function capture(properties: { isTTY?: boolean; rows?: number }): {
  output: PassThrough;
  shown: () => string;
} {
  const output = Object.assign(new PassThrough(), properties);
  const chunks: string[] = [];
  output.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { output, shown: () => stripVTControlCharacters(chunks.join('')) };
}

test('the progress line leaves out numbers that are not known yet', () => {
  assert.equal(progressText(snapshot), '12 of 21 tasks, 51,234 steps/s, about 1 min 12 s left');
  assert.equal(progressText({ ...snapshot, stepsPerSecond: null, etaMs: null }), '12 of 21 tasks');
});

test('a terminal shows a bar for the sweep, and one per worker with its task and step', () => {
  const { output, shown } = capture({ isTTY: true, rows: 24 });
  const terminal = runOutput(output);
  const close = terminal.showProgress(() => snapshot);
  terminal.line('done: another');
  close();
  assert.match(shown(), /12 of 21 tasks, 51,234 steps\/s, about 1 min 12 s left/);
  assert.match(shown(), new RegExp(`42,000 of 100,000 steps {2}${task.name}`));
  assert.match(shown(), /idle/);
  assert.match(shown(), /done: another\n/);
});

test('a small terminal shows only as many workers as fit', () => {
  const { output, shown } = capture({ isTTY: true, rows: 3 });
  const terminal = runOutput(output);
  const close = terminal.showProgress(() => snapshot);
  terminal.line('');
  close();
  assert.match(shown(), /42,000 of 100,000/);
  assert.doesNotMatch(shown(), /idle/);
});

test('other outputs get one plain line per event, and one of progress every ten seconds', (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const { output, shown } = capture({});
  const terminal = runOutput(output);
  const close = terminal.showProgress(() => snapshot);
  terminal.line('done: another');
  context.mock.timers.tick(10_000);
  close();
  context.mock.timers.tick(10_000);
  output.read();
  assert.equal(shown(), 'done: another\n12 of 21 tasks, 51,234 steps/s, about 1 min 12 s left\n');
});

test('other outputs name only the first tasks that are done, and every failure', () => {
  const { output, shown } = capture({});
  const terminal = runOutput(output);
  const failure = {
    reason: 'error',
    message: 'out of luck',
    step: null,
    lastFinite: null,
    attempts: 1,
  } as const;
  for (let count = 0; count < 40; count++)
    terminal.settled(task, { type: 'done', fromStep: 0, steps: 10, text: '', recovered: null });
  terminal.settled(task, { type: 'failed', failure, stack: null });
  output.read();
  const lines = shown().trimEnd().split('\n');
  assert.equal(lines.filter((line) => line.startsWith('done: ')).length, 30);
  assert.deepEqual(lines.slice(-2), [
    'Tasks that are done from now on are only counted; log.jsonl names them.',
    `failed: ${task.name}: out of luck`,
  ]);
});

test('lines are plain again after the bars are removed', () => {
  const { output, shown } = capture({ isTTY: true, rows: 24 });
  const terminal = runOutput(output);
  terminal.showProgress(() => snapshot)();
  terminal.line('in the bucket');
  assert.match(shown(), /in the bucket\n$/);
});

test('the stop line explains what happens to running tasks, in a run and in a queue worker', () => {
  const lines: string[] = [];
  lineOutput((line) => lines.push(line)).stopping('SIGINT');
  lineOutput((line) => lines.push(line)).stopping(new MaxTimePassed('55m'));
  lineOutput((line) => lines.push(line), 'worker').stopping('SIGINT');
  assert.deepEqual(lines, [
    'stopping: each task writes a checkpoint if it can; press Ctrl-C again to stop at once',
    'stopping: --max-time 55m has passed; each task writes a checkpoint if it can',
    'stopping: each task writes a checkpoint if it can, and returns to the queue; press Ctrl-C again to stop at once',
  ]);
});
