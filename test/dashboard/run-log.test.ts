import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RunLog } from '../../src/dashboard/run-log.js';

function sampleLog(): { log: RunLog; write: (fields: object, end?: string) => void; file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-run-log-'));
  const file = path.join(folder, 'log.jsonl');
  const write = (fields: object, end = '\n'): void => {
    appendFileSync(file, `${JSON.stringify({ level: 30, time: 0, pid: 1, ...fields })}${end}`);
  };
  return { log: new RunLog(folder), write, file };
}

test('there are no workers without a log', () => {
  const { log } = sampleLog();
  assert.deepEqual(log.workers(), []);
  assert.deepEqual(log.linesAbout('a'), []);
});

test('a worker has a task from its start to its end, whatever the outcome', () => {
  const { log, write } = sampleLog();
  write({ msg: 'task started', task: 'a', slot: 0 });
  write({ msg: 'task started', task: 'b', slot: 1 });
  write({ msg: 'task started', task: 'c', worker: 'host-12' });
  write({ msg: 'request ignored', task: 'a' });
  assert.deepEqual(log.workers(), [
    { worker: 'host-12', task: 'c' },
    { worker: 'worker 1', task: 'a' },
    { worker: 'worker 2', task: 'b' },
  ]);
  write({ msg: 'task done', task: 'a' });
  write({ msg: 'task failed', task: 'b', level: 50 });
  write({ msg: 'worker gone', task: 'c', worker: 'host-12' });
  assert.deepEqual(log.workers(), []);
});

test('a log in a folder that is a symbolic link is not read', () => {
  const { file, write } = sampleLog();
  write({ msg: 'task started', task: 'a', slot: 0 });
  const link = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-run-log-')), 'linked');
  symlinkSync(path.dirname(file), link);
  assert.throws(
    () => new RunLog(link).workers(),
    /linked is a symbolic link, which a store must not contain/,
  );
});

test('a new run, or the end of a run, clears the workers', () => {
  const { log, write } = sampleLog();
  write({ msg: 'task started', task: 'a', slot: 0 });
  write({ msg: '3 tasks: 0 done', pid: 2 });
  assert.deepEqual(log.workers(), []);
  write({ msg: 'task started', task: 'b', slot: 0, pid: 2 });
  assert.equal(log.workers().length, 1);
  write({ msg: 'session over', pid: 2 });
  assert.deepEqual(log.workers(), []);
});

test('a line is read once it is complete, and invalid lines are skipped', () => {
  const { log, write, file } = sampleLog();
  appendFileSync(file, 'not JSON\n{"level":"high"}\n');
  write({ msg: 'task started', task: 'ü', slot: 0 }, '');
  assert.deepEqual(log.workers(), []);
  appendFileSync(file, '\n');
  assert.deepEqual(log.workers(), [{ worker: 'worker 1', task: 'ü' }]);
  write({ msg: 'task done', task: 'ü' });
  assert.deepEqual(log.workers(), []);
  writeFileSync(file, '');
  write({ msg: 'task started', task: 'a', slot: 2 });
  assert.deepEqual(log.workers(), [{ worker: 'worker 3', task: 'a' }]);
});
