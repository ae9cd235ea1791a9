import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { settlementLines } from '../../src/api/run-lines.js';
import { settle, settleReported, type ProblemReport, type Settlement } from '../../src/run/settle.js';
import { StoreError } from '../../src/errors.js';
import {
  commitResults,
  markFailed,
  prepareTaskFolder,
  readTaskState,
  TASK_FILES,
  taskFolder,
  type TaskState,
} from '../../src/store/task-folder.js';
import type { TaskFailure, TaskOutcome } from '../../src/task/outcome.js';
import { checkpointBytes, sampleResults, sampleTask } from '../store/sample-task.js';

const task = sampleTask(2);
const FAILURES = 3;
let outDir: string;
let folder: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-settle-'));
  folder = taskFolder(outDir, task);
});

const done: TaskOutcome = {
  type: 'done',
  fromStep: 30,
  steps: 1030,
  elapsedMs: 3000,
  summary: null,
  recovered: null,
};
const stopped: TaskOutcome = { type: 'stopped', fromStep: 0, step: 1000, recovered: null };
const corrupt: TaskOutcome = { type: 'corrupt', problem: 'it is torn' };
const failed: TaskOutcome = { type: 'failed', message: 'out of luck', stack: 'at luck' };
const diverged: TaskOutcome = { type: 'diverged', step: 8, message: 'not finite', lastFinite: null };
const crashed: TaskOutcome = { type: 'ended', reason: 'crashed', message: 'SIGSEGV', causedExit: true };
const bystander: TaskOutcome = { ...crashed, causedExit: false };

const last = { isLast: true };
const stopping = { isStopping: true };
const abandoned = { isAbandoned: true };
const resets = { resetsCorrupt: true };

type Circumstances = Partial<Record<'isLast' | 'isStopping' | 'isAbandoned' | 'resetsCorrupt', boolean>>;

/**
 * Each case has an outcome, the circumstances, the settlement, the printed line (with NAME for the task's name), and the resulting state
 * of a folder that had a checkpoint.
 */
const CASES: readonly (readonly [
  TaskOutcome,
  Circumstances,
  Settlement['type'],
  string,
  TaskState['state'],
])[] = [
  [done, {}, 'done', 'done: NAME, 1,000 steps in 3 s', 'interrupted'],
  [{ ...done, summary: 'max-time' }, {}, 'done', 'done: NAME, max-time in 3 s', 'interrupted'],
  [{ ...done, recovered: 'torn' }, {}, 'done', 'recovered: NAME: torn', 'interrupted'],
  [done, stopping, 'done', 'done: NAME, 1,000 steps in 3 s', 'interrupted'],
  [done, abandoned, 'released', '', 'interrupted'],
  [stopped, stopping, 'released', 'interrupted: NAME at step 1,000', 'interrupted'],
  [
    { ...stopped, step: null },
    stopping,
    'released',
    'interrupted: NAME, will start from the beginning',
    'interrupted',
  ],
  [{ ...stopped, recovered: 'torn' }, stopping, 'released', 'recovered: NAME: torn', 'interrupted'],
  [corrupt, {}, 'corrupt', 'corrupt: NAME: it is torn', 'interrupted'],
  [corrupt, stopping, 'corrupt', 'corrupt: NAME: it is torn', 'interrupted'],
  [corrupt, resets, 'reset', 'corrupt: NAME: it is torn; set aside as ASIDE', 'new'],
  [corrupt, { ...resets, ...stopping }, 'released', '', 'interrupted'],
  [corrupt, { ...resets, ...abandoned }, 'released', '', 'interrupted'],
  [failed, {}, 'retry', 'failed, retrying: NAME: out of luck', 'interrupted'],
  [failed, last, 'failed', 'failed: NAME: out of luck', 'failed'],
  [failed, { ...last, ...stopping }, 'released', '', 'interrupted'],
  [failed, { ...last, ...abandoned }, 'released', '', 'interrupted'],
  [diverged, {}, 'failed', 'failed: NAME: not finite', 'failed'],
  [diverged, stopping, 'failed', 'failed: NAME: not finite', 'failed'],
  [diverged, abandoned, 'released', '', 'interrupted'],
  [crashed, {}, 'retry', 'failed, retrying: NAME: SIGSEGV', 'interrupted'],
  [crashed, last, 'failed', 'failed: NAME: SIGSEGV', 'failed'],
  [crashed, { ...last, ...stopping }, 'released', '', 'interrupted'],
  [bystander, {}, 'retry', 'interrupted, retrying: NAME: SIGSEGV', 'interrupted'],
  [bystander, last, 'retry', 'interrupted, retrying: NAME: SIGSEGV', 'interrupted'],
  [bystander, { ...last, ...stopping }, 'released', '', 'interrupted'],
];

describe('settles', () => {
  for (const [outcome, circumstances, type, line, state] of CASES) {
    const { isLast = false, ...rules } = circumstances;
    const title = [JSON.stringify(outcome), ...Object.keys(circumstances), 'as', type].join(' ');
    test(title, () => {
      writeCheckpoint();
      const attempt = { failures: FAILURES, isLast };
      const settlement = settle(folder, attempt, outcome, {
        isStopping: false,
        isAbandoned: false,
        resetsCorrupt: false,
        ...rules,
      });
      assert.equal(settlement.type, type);
      const [first = ''] = settlementLines(task, settlement);
      assert.equal(first, line.replace('NAME', task.name).replace('ASIDE', `${folder}.corrupt-1`));
      assert.equal(stateNow().state, state);
      assert.equal(existsSync(`${folder}.corrupt-1`), type === 'reset');
      if ('failure' in settlement) assert.equal(settlement.failure.attempts, FAILURES + 1);
      if (type === 'retry' && settlement.type === 'retry')
        assert.equal(settlement.blame, outcome === bystander ? 0 : 1);
    });
  }

  test('an unwritable store by throwing a StoreError, without failing the task', () => {
    writeCheckpoint();
    const rules = { isStopping: false, isAbandoned: false, resetsCorrupt: false };
    const unwritable: TaskOutcome = { type: 'unwritable', message: 'the disk is full' };
    assert.throws(
      () => settle(folder, { failures: 0, isLast: true }, unwritable, rules),
      new StoreError('the disk is full'),
    );
    assert.equal(stateNow().state, 'interrupted');
  });
});

const failure: TaskFailure = {
  reason: 'error',
  message: 'out of luck',
  step: null,
  lastFinite: null,
  attempts: 2,
};
const failureReport: ProblemReport = { type: 'failed', failure };
const corruptReport: ProblemReport = { type: 'corrupt', problem: 'it is torn, on host-1' };

/** Each case has the state in the run's store, the report, the circumstances, the settlement, and the resulting state. */
const REPORTED: readonly (readonly [
  TaskState['state'],
  ProblemReport,
  Circumstances,
  Settlement['type'],
  TaskState['state'],
])[] = [
  ['new', failureReport, {}, 'failed', 'failed'],
  ['interrupted', failureReport, {}, 'failed', 'failed'],
  ['failed', failureReport, {}, 'failed', 'failed'],
  ['failed', { ...failureReport, failure: { ...failure, attempts: 8 } }, {}, 'failed', 'failed'],
  ['interrupted', failureReport, abandoned, 'released', 'interrupted'],
  ['done', failureReport, {}, 'failed', 'done'],
  ['new', corruptReport, {}, 'corrupt', 'new'],
  ['new', corruptReport, resets, 'corrupt', 'new'],
  ['interrupted', corruptReport, {}, 'corrupt', 'interrupted'],
  ['interrupted', corruptReport, resets, 'reset', 'new'],
  ['interrupted', corruptReport, { ...resets, ...stopping }, 'released', 'interrupted'],
  ['done', corruptReport, resets, 'reset', 'new'],
];

describe("settles a worker's report", () => {
  for (const [before, report, circumstances, type, after] of REPORTED)
    test(`${report.type} of a task that is ${before} here, ${Object.keys(circumstances).join(' ')} as ${type}`, () => {
      prepare(before);
      const settlement = settleReported(outDir, task, report, {
        isStopping: false,
        resetsCorrupt: false,
        ...circumstances,
      });
      assert.equal(settlement.type, type);
      const state = stateNow();
      assert.equal(state.state, after);
      assert.equal(existsSync(path.join(folder, TASK_FILES.failed)), after === 'failed');
      // A worker that shares this store has already written the failure, and may have counted more attempts.
      if (state.state === 'failed') {
        const reported = report.type === 'failed' ? report.failure.attempts : 0;
        assert.equal(state.failure.attempts, before === 'failed' ? Math.max(7, reported) : reported);
        assert.deepEqual('failure' in settlement && settlement.failure, state.failure);
      }
    });
});

function stateNow(): TaskState {
  return readTaskState(folder, task.id);
}

function writeCheckpoint(): void {
  prepareTaskFolder(folder, task);
  writeFileSync(path.join(folder, TASK_FILES.checkpoint), checkpointBytes(30));
}

function prepare(state: TaskState['state']): void {
  if (state === 'interrupted') writeCheckpoint();
  if (state === 'failed') markFailed(prepareTaskFolder(folder, task), { ...failure, attempts: 7 });
  if (state === 'done') commitResults(prepareTaskFolder(folder, task), task.id, sampleResults());
}
