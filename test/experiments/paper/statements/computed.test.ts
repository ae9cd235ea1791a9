import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import '../../../../src/experiments/index.js';
import { markFailed, taskFolder } from '../../../../src/store/task-folder.js';
import { makeFolder } from '../../../../src/store/files.js';
import { computedTask, computeInto, readComputed, writeComputed } from './computed-runs.js';

const IDENTITY = { kind: 'identities', identity: 'lemma3', draws: 5 } as const;
const VERDICT = { outcome: 'all-within', complete: true, holds: true, measures: {}, statement: 'Lemma 3' };

const newStore = () => mkdtempSync(path.join(tmpdir(), 'vae-sweep-computed-'));

describe('a finished computation', () => {
  test('is read with its verdict and its rows', () => {
    const out = newStore();
    const task = computeInto(out, IDENTITY);
    const { runs, missing } = readComputed(out, [task]);
    assert.deepEqual(missing, []);
    const [run] = runs;
    assert.ok(run);
    assert.deepEqual(run.settings, { ...task.settings });
    assert.deepEqual([run.verdict.outcome, run.verdict.measures['draws']], ['all-within', 5]);
    assert.deepEqual(run.rows().column('draw'), [1, 2, 3, 4, 5]);
  });

  test('has null for a measure and NaN in a row if a number is not defined', () => {
    const out = newStore();
    // There are as many latents as dimensions of the data, so there are no singular values beyond dim W.
    const task = computeInto(out, {
      kind: 'gradient-flow',
      ambientDim: 4,
      rank: 2,
      latentDim: 2,
      maxTime: 0.1,
    });
    const [run] = readComputed(out, [task]).runs;
    assert.equal(run?.verdict.measures['smallestTailMargin'], null);
    assert.ok(Number.isNaN(run.rows().column('logTail')[0]));
  });
});

describe('a computation counts as missing if it', () => {
  const task = computedTask(IDENTITY);
  const folder = (out: string) => taskFolder(out, task);
  const errors = { draw: [1], ambientDim: [2], rank: [1], latentDim: [1], left: [1], right: [1], error: [0] };
  const only = (out: string) => {
    const { runs, missing } = readComputed(out, [task]);
    assert.deepEqual(runs, []);
    return missing.map(({ state, reason }) => `${state}: ${reason}`);
  };

  test('has not finished', () => {
    assert.deepEqual(only(newStore()), ['new: not finished']);
  });

  test('failed', () => {
    const out = newStore();
    makeFolder(folder(out));
    markFailed(folder(out), {
      reason: 'error',
      message: 'singular',
      step: null,
      lastFinite: null,
      attempts: 1,
    });
    assert.deepEqual(only(out), ['failed: singular']);
  });

  test('has a modified file', () => {
    const out = newStore();
    writeComputed(out, task, { columns: errors, verdict: VERDICT });
    appendFileSync(path.join(folder(out), 'verdict.json'), ' ');
    assert.match(
      only(out)[0] ?? '',
      /^corrupt: verdict\.json has the wrong size \(\d+ instead of \d+ bytes\)/,
    );
  });

  test('has an invalid verdict', () => {
    const out = newStore();
    writeComputed(out, task, { columns: errors, verdict: { ...VERDICT, holds: 'yes' } });
    assert.match(only(out)[0] ?? '', /^corrupt: verdict\.json is invalid \(holds: /);
  });

  test('has rows without a column', () => {
    const out = newStore();
    writeComputed(out, task, { columns: { draw: [1] }, verdict: VERDICT });
    assert.match(only(out)[0] ?? '', /^corrupt: rows\.arrow lacks the column ambientDim$/);
  });
});
