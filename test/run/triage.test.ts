import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settingOf } from '../../src/task/settings.js';
import { triage } from '../../src/run/triage.js';
import type { TriageOptions } from '../../src/run/triage.js';
import type { TaskState } from '../../src/store/task-folder.js';
import type { TaskFailure } from '../../src/task/outcome.js';
import { sampleTask } from '../store/sample-task.js';

const DEFAULTS: TriageOptions = { retryDiverged: false, workers: 2 };

function interrupted(step: number): TaskState {
  return { state: 'interrupted', step };
}

function failed(reason: TaskFailure['reason']): TaskState {
  return {
    state: 'failed',
    failure: { reason, message: 'x', step: null, lastFinite: null, attempts: 2 },
    step: null,
  };
}

/** A task of 100,000 steps for each state; its seed is the index. */
function triageOf(states: readonly TaskState[], options: Partial<TriageOptions> = {}) {
  const tasks = states.map((_, seed) => sampleTask(seed, { steps: 100_000 }));
  const byId = new Map(tasks.map(({ id }, i) => [id, states[i] ?? { state: 'new' as const }]));
  const { pending, ...rest } = triage(tasks, byId, { ...DEFAULTS, ...options }, new Map());
  return {
    ...rest,
    pending: pending.map(({ task, fromStep, failures }) => [
      settingOf(task.settings, 'seed'),
      fromStep,
      failures,
    ]),
  };
}

describe('the first line of a run', () => {
  const cases: readonly (readonly [string, readonly TaskState[], string])[] = [
    [
      'counts done, interrupted (with steps), failed (with reasons), corrupt and pending tasks, and estimates the time',
      [
        { state: 'done' },
        interrupted(81_000),
        interrupted(4_000),
        failed('diverged'),
        { state: 'corrupt', problem: 'x' },
        { state: 'new' },
      ],
      '6 tasks: 1 done, 2 interrupted (steps 4,000 to 81,000), 1 failed (diverged), 1 corrupt, 1 pending; about 3 s on 2 workers',
    ],
    [
      'shows one step where all resume from it, and one worker for one task',
      [interrupted(50_000)],
      '1 task: 0 done, 1 interrupted (step 50,000), 0 failed, 0 pending; about 2 s on 1 worker',
    ],
    [
      'counts the reasons where they differ; a diverged task is not to be run, one that failed by an error is',
      [failed('diverged'), failed('error'), failed('diverged')],
      '3 tasks: 0 done, 0 interrupted, 3 failed (2 diverged, 1 by an error), 0 pending; about 3 s on 1 worker',
    ],
    [
      'counts every reason, the most frequent first',
      [failed('memory'), failed('crashed'), failed('stalled'), failed('crashed')],
      '4 tasks: 0 done, 0 interrupted, 4 failed (2 crashed, 1 out of memory, 1 stalled), 0 pending; about 6 s on 2 workers',
    ],
    [
      'has no time where nothing is to be trained',
      [{ state: 'done' }],
      '1 task: 1 done, 0 interrupted, 0 failed, 0 pending',
    ],
  ];
  for (const [name, states, summary] of cases)
    test(name, () => {
      assert.equal(triageOf(states).summary, summary);
    });

  test('takes the time of the slower machine that is told of', () => {
    assert.match(triageOf([interrupted(50_000)], { msPerEstimatedMs: 60 }).summary, /; about 1 min 35 s on /);
  });
});

describe('what is pending', () => {
  const states = [
    { state: 'done' },
    interrupted(40),
    failed('diverged'),
    failed('error'),
    { state: 'new' },
  ] as const;
  const cases: readonly (readonly [Partial<TriageOptions>, readonly number[][], number])[] = [
    [
      {},
      [
        [3, 0, 2],
        [4, 0, 0],
        [1, 40, 0],
      ],
      1,
    ],
    [
      { retryDiverged: true },
      [
        [2, 0, 2],
        [3, 0, 2],
        [4, 0, 0],
        [1, 40, 0],
      ],
      0,
    ],
    [
      { onlyFailed: true },
      [
        [2, 0, 2],
        [3, 0, 2],
      ],
      0,
    ],
  ];
  for (const [options, pending, failures] of cases)
    test(`with ${JSON.stringify(options)}, the most work first`, () => {
      const found = triageOf(states, options);
      assert.deepEqual([found.pending, found.failed.length], [pending, failures]);
    });
});
