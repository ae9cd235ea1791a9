import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runSweep } from '../../src/run/run-sweep.js';
import type { Task } from '../../src/task/task.js';
import { standInOptions, standInTask, startsOf } from './stand-in.js';

test('with onlyFailed, a run trains the failed tasks, including diverged ones, and no others', async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-only-failed-'));
  const run = async (tasks: readonly Task[], onlyFailed: boolean) => {
    const options = standInOptions(outDir, { retries: 0, onlyFailed });
    const result = await runSweep({ name: 'mine', file: 'mine.yaml', tasks }, options);
    return { ...result, shown: options.shown() };
  };
  const [diverging, failing] = [standInTask(2, 'diverges'), standInTask(3, 'fails once')];
  await run([diverging, failing], false);
  const { done, failed, shown } = await run([diverging, failing, standInTask(4, 'succeeds')], true);
  assert.match(shown, /^3 tasks: 0 done, 0 interrupted, 2 failed \(1 diverged, 1 error\), 1 pending; /);
  assert.deepEqual(startsOf(outDir).slice(2).sort(), [diverging.name, failing.name].sort());
  assert.deepEqual([done, failed.length], [1, 1]);
});
