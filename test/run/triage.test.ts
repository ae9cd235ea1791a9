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

describe('the summary of a sweep', () => {
  const cases: readonly (readonly [string, readonly TaskState[], string])[] = [
    [
      'counts tasks by state, with checkpoint steps and reasons for failure, and estimates the time',
      [
        { state: 'done' },
        interrupted(81_000),
        interrupted(4_000),
        failed('diverged'),
        { state: 'corrupt', problem: 'x' },
        { state: 'new' },
      ],
      '6 tasks: 1 done, 2 interrupted (steps 4,000 to 81,000), 1 failed (diverged), 1 corrupt, 1 pending; about 17 s on 2 workers',
    ],
    [
      'shows a single step if all checkpoints have it, and one worker for one task',
      [interrupted(50_000)],
      '1 task: 0 done, 1 interrupted (step 50,000), 0 failed, 0 pending; about 8 s on 1 worker',
    ],
    [
      'counts each reason for failure; the time covers tasks that failed with an error, not diverged ones',
      [failed('diverged'), failed('error'), failed('diverged')],
      '3 tasks: 0 done, 0 interrupted, 3 failed (2 diverged, 1 error), 0 pending; about 16 s on 1 worker',
    ],
    [
      'sorts reasons by frequency',
      [failed('memory'), failed('crashed'), failed('stalled'), failed('crashed')],
      '4 tasks: 0 done, 0 interrupted, 4 failed (2 crashed, 1 out of memory, 1 stalled), 0 pending; about 33 s on 2 workers',
    ],
    [
      'has no time if there is nothing to execute',
      [{ state: 'done' }],
      '1 task: 1 done, 0 interrupted, 0 failed, 0 pending',
    ],
  ];
  for (const [name, states, summary] of cases)
    test(name, () => {
      assert.equal(triageOf(states).summary, summary);
    });

  test('scales the time by the pace of the machine', () => {
    assert.match(triageOf([interrupted(50_000)], { msPerEstimatedMs: 60 }).summary, /; about 8 min 8 s on /);
  });
});

describe('the pending tasks', () => {
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
    test(`with ${JSON.stringify(options)} are sorted by remaining work`, () => {
      const found = triageOf(states, options);
      assert.deepEqual([found.pending, found.failed.length], [pending, failures]);
    });
});
