import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, type Found } from '../../src/store/merge-decision.js';
import type { TaskState } from '../../src/store/task-folder.js';

const failure = { reason: 'error', message: 'x', step: null, lastFinite: null, attempts: 1 } as const;

function found(state: TaskState, hashes: Record<string, string> | null = null): Found {
  return { state, hashes: hashes === null ? null : new Map(Object.entries(hashes)) };
}

/** Tasks in ascending order of progress. */
const ASCENDING: readonly Found[] = [
  found({ state: 'new' }),
  found({ state: 'failed', failure, step: null }),
  found({ state: 'interrupted', step: 0 }),
  found({ state: 'failed', failure, step: 40 }),
  found({ state: 'interrupted', step: 50 }),
  found({ state: 'done' }, { 'steps.arrow': 'a' }),
];

test('a task with more progress replaces one with less, and never the reverse', () => {
  ASCENDING.forEach((source, more) => {
    ASCENDING.forEach((target, less) => {
      const expected = more === 0 ? 'not started' : more > less ? 'copy' : 'present';
      assert.equal(decide(source, target).type, expected, `${more} into ${less}`);
    });
    assert.equal(decide(source, null).type, more === 0 ? 'not started' : 'copy');
  });
});

test('two done tasks that differ are a conflict that names the files, including files that only one has', () => {
  const done = (hashes: Record<string, string>) => found({ state: 'done' }, hashes);
  assert.deepEqual(decide(done({ a: '1', b: '2', c: '3' }), done({ a: '1', b: '0', d: '4' })), {
    type: 'conflict',
    differing: ['b', 'd', 'c'],
  });
});

test('a corrupt task is neither copied nor replaced', () => {
  const corrupt = found({ state: 'corrupt', problem: 'a hole' });
  assert.deepEqual(decide(corrupt, null), { type: 'corrupt', problem: 'a hole' });
  for (const source of ASCENDING.slice(1))
    assert.deepEqual(decide(source, corrupt), { type: 'blocked', problem: 'a hole' });
  assert.deepEqual(decide(found({ state: 'new' }), corrupt), { type: 'not started' });
});
