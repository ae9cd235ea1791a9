import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plant, type PlantedBug } from './planted-bugs.js';
import type { simulateMany } from './many.js';

/** Each bug is found within this many seeds from the first. */
const MAX_SEEDS = 200;

const BUGS: readonly PlantedBug[] = [
  {
    name: 'the marker of a finished task is not made durable by an fsync of its folder',
    changes: [{ file: 'store/files.js', find: '    fsyncFolder(path.dirname(file));\n', replace: '' }],
    finds: /was done, and is/,
  },
  {
    name: 'results are not synced before the marker that vouches for them',
    changes: [
      {
        file: 'store/files.js',
        find: 'replaceAll(files, fsyncSync)',
        replace: 'replaceAll(files, () => undefined)',
      },
    ],
    finds: /corrupt|was done, and is/,
  },
  {
    name: 'a lock is taken over before its lease has expired',
    changes: [
      {
        file: 'store/lock-contest.js',
        find: 'this.#watchedMs >= leaseMs',
        replace: 'this.#watchedMs >= leaseMs / 10',
      },
    ],
    finds: /took the store from .* which had a heartbeat/,
  },
  {
    name: 'a task resumes with the state of its checkpoint, but without its rows',
    changes: [{ file: 'forms/rows.js', find: 'log: open(step, stepLog)', replace: 'log: open(step)' }],
    finds: /other bytes than without faults/,
  },
  {
    name: 'a task that is delivered twice is executed without a look at the store',
    changes: [
      { file: 'run/attempt-task.js', find: "if (state.state === 'done')", replace: 'if (false)' },
      {
        file: 'remote/queue/delivery-handler.js',
        find: "if (state.state === 'done')",
        replace: 'if (false)',
      },
    ],
    finds: /executes .*, which is done/,
  },
  {
    name: 'the marker of a result is sent to the bucket before the result',
    changes: [
      {
        file: 'remote/bucket/result-bucket.js',
        find: "filesOf(folder, { state: 'done' })",
        replace: "filesOf(folder, { state: 'done' }).reverse()",
      },
    ],
    finds: /the bucket has .*, but not/,
  },
];

describe('a simulation finds bugs that are put in on purpose', () => {
  for (const bug of BUGS)
    test(bug.name, { timeout: 180_000 }, async (context) => {
      const { url, remove } = plant(bug);
      try {
        const copy = (await import(url.href)) as { simulateMany: typeof simulateMany };
        const { failure, seeds } = await copy.simulateMany({ first: 1, seeds: MAX_SEEDS, jobs: 1 });
        assert.ok(failure, `not found in ${seeds} seeds`);
        assert.match(failure.problem ?? '', bug.finds);
        context.diagnostic(`found by seed ${failure.seed}: ${failure.problem ?? ''}`);
        const again = await copy.simulateMany({ first: failure.seed, seeds: 1, jobs: 1 });
        assert.deepEqual(again.failure, failure);
      } finally {
        remove();
      }
    });
});
