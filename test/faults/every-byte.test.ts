import '../native-environment.js';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { readTraining } from '../report/read-training.js';
import { CorruptTaskError } from '../../src/errors.js';
import { BatchStream } from '../../src/logs/batch-stream.js';
import { evaluationSchema, stepSchema } from '../experiments/vae/log-schemas.js';
import {
  clearFailed,
  readTaskState,
  TASK_FILES,
  taskFolder,
  verifyTask,
} from '../../src/store/task-folder.js';
import type { Sweep } from '../../src/sweep/load.js';
import { readCheckpoint, type StreamState } from '../../src/store/checkpoint.js';
import { recordAttempt } from '../../src/forms/attempt-record.js';
import { damagesOf, type Damage } from './damage.js';
import { writtenImage, type Image } from './disk-model.js';
import { FaultyDisk, writeImage } from './faulty-disk.js';
import { Ledger } from './ledger.js';
import { runSession, type Session } from './stand-in-sweep.js';
import { tinyTask } from './stand-in-training.js';

/** After every n-th damage of a file, the test also completes the sweep. */
const COMPLETED = 12;
const LIMIT = { timeout: 120_000 };

const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vae-sweep-byte-'));
const outDir = path.join(folder, 'out');
const task = tinyTask(9, 12, 3);
const inTask = (name: string) => path.join(taskFolder(outDir, task), name);
after(() => {
  rmSync(folder, { recursive: true });
});

function imageNow(): Image {
  const disk = new FaultyDisk(folder);
  disk.remove();
  return writtenImage(disk.root);
}

interface Outcome {
  readonly done: number;
  readonly corrupt: number;
  readonly said: string;
}

async function run(session: Session = {}): Promise<Outcome> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const { done, corrupt } = await runSession(outDir, [task], { say, ...session }, new Ledger());
  return { done, corrupt: corrupt.length, said: said.join('\n') };
}

/** Stores of a task that failed after its second checkpoint, of the same task without the failure, and of the finished task. */
await run({ failAt: { [task.name]: 6 } });
const FAILED = imageNow();
clearFailed(taskFolder(outDir, task));
const epoch = new Date(0);
recordAttempt(inTask(TASK_FILES.run), { start: epoch, end: epoch, fromStep: 0, toStep: 6, elapsedMs: 0 });
const INTERRUPTED = imageNow();
const LAST = readCheckpoint(inTask(TASK_FILES.checkpoint), task.id);
const BEFORE = readCheckpoint(inTask(TASK_FILES.previousCheckpoint), task.id);
await run();
const DONE = imageNow();
const RESULTS = resultsNow();

function resultsNow(): Record<string, Buffer> {
  const names = [
    TASK_FILES.done,
    TASK_FILES.steps,
    TASK_FILES.evaluations,
    TASK_FILES.samples,
    TASK_FILES.parameters,
  ];
  return Object.fromEntries(names.map((name) => [name, readFileSync(inTask(name))]));
}

/** Checks a file after each of its damages, and the whole store after some of them. */
async function forEachDamage(
  store: Image,
  name: string,
  every: number,
  look: (damage: Damage) => void,
  complete: (damage: Damage) => Promise<void>,
): Promise<void> {
  writeImage(folder, store);
  const intact = readFileSync(inTask(name));
  const damages = damagesOf(intact, every);
  assert.ok(damages.length > 60, `${damages.length} damages`);
  const described = async (damage: Damage, action: () => unknown) => {
    writeFileSync(inTask(name), damage.bytes);
    try {
      await action();
    } catch (error) {
      throw new Error(`${name} ${damage.what}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };
  for (const damage of damages)
    await described(damage, () => {
      look(damage);
    });
  const stride = Math.ceil(damages.length / COMPLETED);
  for (const damage of damages.filter((_, index) => index % stride === 0)) {
    writeImage(folder, store);
    await described(damage, () => complete(damage));
  }
}

/** Asserts that a run leaves a corrupt store unchanged until it is told to retrain. */
async function isRefusedThenRetrained({ bytes }: Damage, name: string): Promise<void> {
  const { done, corrupt } = await run();
  assert.deepEqual([done, corrupt], [0, 1]);
  assert.deepEqual(readFileSync(inTask(name)), bytes);
  assert.equal((await run({ retrainCorrupt: true })).done, 1);
  assert.deepEqual(resultsNow(), RESULTS);
  assert.deepEqual(readFileSync(path.join(`${taskFolder(outDir, task)}.corrupt-1`, name)), bytes);
}

async function isCompleted(said: RegExp): Promise<void> {
  const outcome = await run();
  assert.deepEqual([outcome.done, outcome.corrupt], [1, 0]);
  assert.match(outcome.said, said);
  assert.deepEqual(resultsNow(), RESULTS);
}

describe('an unfinished task', () => {
  test('resumes from the previous checkpoint when the latest one is corrupt', LIMIT, async () => {
    await forEachDamage(
      INTERRUPTED,
      TASK_FILES.checkpoint,
      1,
      () => {
        const state = readTaskState(taskFolder(outDir, task), task.id);
        assert.ok(state.state === 'interrupted' && [3, 6].includes(state.step), JSON.stringify(state));
        assert.throws(() => readCheckpoint(inTask(TASK_FILES.checkpoint), task.id), CorruptTaskError);
      },
      () => isCompleted(/^recovered: .+; resumed from the previous checkpoint at step 3$/m),
    );
  });

  test('ignores the previous checkpoint while the latest one is valid', LIMIT, async () => {
    await forEachDamage(
      INTERRUPTED,
      TASK_FILES.previousCheckpoint,
      7,
      () => {
        const state = readTaskState(taskFolder(outDir, task), task.id);
        assert.deepEqual(state, { state: 'interrupted', step: 6 });
      },
      () => isCompleted(/^done: /),
    );
  });

  test('is reported as corrupt if its only checkpoint is corrupt', LIMIT, async () => {
    const store = new Map(INTERRUPTED);
    store.delete(path.relative(folder, inTask(TASK_FILES.previousCheckpoint)));
    await forEachDamage(
      store,
      TASK_FILES.checkpoint,
      7,
      () => {
        assert.ok(
          ['interrupted', 'corrupt'].includes(readTaskState(taskFolder(outDir, task), task.id).state),
        );
      },
      (damage) => isRefusedThenRetrained(damage, TASK_FILES.checkpoint),
    );
  });

  const streams = [
    ['steps', TASK_FILES.stepsStream, 2, LAST?.stepLog.stream, BEFORE?.stepLog.stream],
    ['evaluations', TASK_FILES.evaluationsStream, 7, LAST?.evaluationLog, BEFORE?.evaluationLog],
  ] as const;
  for (const [title, name, every, last, before] of streams)
    test(
      `keeps the synced part of its ${title}, or falls back to a checkpoint that matches them`,
      LIMIT,
      async () => {
        assert.ok(last !== undefined && before !== undefined);
        const fits = (damage: Damage, { bytes }: StreamState) => damage.at >= bytes;
        const schema = (title === 'steps' ? stepSchema : evaluationSchema)(task);
        await forEachDamage(
          INTERRUPTED,
          name,
          every,
          (damage) => {
            for (const state of [last, before]) {
              const open = () => {
                new BatchStream(inTask(name), schema, state).close();
              };
              if (fits(damage, state)) open();
              else assert.throws(open, CorruptTaskError);
              writeFileSync(inTask(name), damage.bytes);
            }
          },
          async (damage) => {
            if (fits(damage, last)) await isCompleted(/^done: /);
            else if (fits(damage, before)) await isCompleted(/^recovered: .+, of step 3$/m);
            else await isRefusedThenRetrained(damage, name);
          },
        );
      },
    );

  test('is failed or corrupt if its failure record is damaged', LIMIT, async () => {
    await forEachDamage(
      FAILED,
      TASK_FILES.failed,
      1,
      ({ isCut, at }) => {
        const { state } = readTaskState(taskFolder(outDir, task), task.id);
        // The record is complete without its final line break.
        const isWhole =
          isCut && at === (FAILED.get(path.relative(folder, inTask(TASK_FILES.failed)))?.length ?? 0) - 1;
        assert.ok(state === 'corrupt' || (state === 'failed' && (!isCut || isWhole)), state);
      },
      async (damage) => {
        const { state } = readTaskState(taskFolder(outDir, task), task.id);
        if (state === 'failed') await isCompleted(/^done: /);
        else {
          assert.equal((await run()).done, 0);
          assert.equal((await run({ retrainCorrupt: true })).done, 1);
          assert.deepEqual(resultsNow(), RESULTS);
          assert.deepEqual(
            readFileSync(path.join(`${taskFolder(outDir, task)}.corrupt-1`, TASK_FILES.failed)),
            damage.bytes,
          );
        }
      },
    );
  });

  for (const name of [TASK_FILES.task, TASK_FILES.run, '../../sweeps/mine/sweep.json'])
    test(`does not depend on ${path.basename(name)}, and repairs it`, LIMIT, async () => {
      await forEachDamage(
        INTERRUPTED,
        name,
        5,
        () => {
          assert.deepEqual(readTaskState(taskFolder(outDir, task), task.id), {
            state: 'interrupted',
            step: 6,
          });
        },
        async () => {
          await isCompleted(/^done: /);
          const repaired: unknown = JSON.parse(readFileSync(inTask(name), 'utf8'));
          const intact: unknown = JSON.parse(DONE.get(path.relative(folder, inTask(name)))?.toString() ?? '');
          if (name !== TASK_FILES.run) assert.deepEqual(repaired, intact);
        },
      );
    });
});

describe('a finished task', () => {
  const sweep = { tasks: [task], parts: [{ tasks: [task] }] } as unknown as Sweep;

  function isFoundCorrupt(): void {
    assert.equal(verifyTask(taskFolder(outDir, task), task.id).state, 'corrupt');
    const [part] = readTraining(sweep, outDir);
    assert.equal(part?.missing[0]?.state, 'corrupt');
  }

  for (const [name, every] of [
    [TASK_FILES.done, 1],
    [TASK_FILES.steps, 11],
    [TASK_FILES.evaluations, 41],
    [TASK_FILES.samples, 11],
    [TASK_FILES.parameters, 11],
  ] as const)
    test(`is corrupt if its ${name} is damaged`, LIMIT, async () => {
      const isWhole = ({ isCut, at }: Damage) =>
        isCut && name === TASK_FILES.done && at === (RESULTS[name]?.length ?? 0) - 1;
      await forEachDamage(
        DONE,
        name,
        every,
        (damage) => {
          if (!isWhole(damage)) isFoundCorrupt();
        },
        async (damage) => {
          assert.equal((await run({ retrainCorrupt: true })).done, 1);
          assert.deepEqual(resultsNow(), RESULTS);
          assert.deepEqual(
            readFileSync(path.join(`${taskFolder(outDir, task)}.corrupt-1`, name)),
            damage.bytes,
          );
        },
      );
    });
});
