import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { UserError } from '../../src/errors.js';
import { listStore } from '../../src/store/inventory.js';
import { mergeStores } from '../../src/store/merge.js';
import { TASK_FILES, verifyTask, tasksFolder } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { finish, interrupt } from '../store/sample-store.js';
import { identifiedTask } from '../store/sample-task.js';
import { isCrash } from './crash.js';
import { durableImage, seededRandom, tornImage, writtenImage, type Image } from './disk-model.js';
import { FaultyDisk, writeImage, type Fault } from './faulty-disk.js';

const [fresh, replaced, advanced, kept] = [1, 2, 3, 4].map(identifiedTask) as [
  TrainingTask,
  TrainingTask,
  TrainingTask,
  TrainingTask,
];

/** The allowed states of each task during the merge, and its final state. A replaced task is missing between two renames. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  [fresh.name]: ['nothing', 'done'],
  [replaced.name]: ['interrupted 90', 'leaving', 'done'],
  [advanced.name]: ['interrupted 30', 'leaving', 'interrupted 40'],
  [kept.name]: ['done'],
};

/** In memory if possible, because a real disk would flush at each rename. */
const root = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vae-sweep-merge-'));
const [from, folder] = [path.join(root, 'from'), path.join(root, 'target')];
const outDir = path.join(folder, 'out');
after(() => {
  rmSync(root, { recursive: true });
});

for (const task of [fresh, replaced, kept]) finish(from, task);
appendFileSync(path.join(interrupt(from, advanced, 40), TASK_FILES.stepsStream), 'rows of 40 steps');
appendFileSync(path.join(interrupt(outDir, replaced, 90), TASK_FILES.stepsStream), 'rows of 90 steps');
interrupt(outDir, advanced, 30);
finish(outDir, kept);
const initial = imageOf(folder);
const merged = await expected();

function imageOf(root: string): Image {
  const disk = new FaultyDisk(root);
  disk.remove();
  return writtenImage(disk.root);
}

async function merge(): Promise<void> {
  const { signal } = new AbortController();
  const nothing = (): void => undefined;
  await mergeStores([from], { outDir, dryRun: false, signal, onCount: nothing, onEntry: nothing });
}

async function expected(): Promise<{ image: Image; operations: number }> {
  const disk = new FaultyDisk(folder);
  try {
    await merge();
  } finally {
    disk.remove();
  }
  assert.deepEqual(digests(durableImage(disk.root)), digests(writtenImage(disk.root)));
  return { image: writtenImage(disk.root), operations: disk.operations.length };
}

function digests(image: Image): Record<string, string> {
  const entries = [...image].map(
    ([name, bytes]) => [name, bytes === null ? '' : hash('sha256', bytes)] as const,
  );
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function checkStates(): void {
  const entries = new Map(listStore(outDir).map((entry) => [entry.name, entry]));
  for (const [name, entry] of entries) {
    if (entry.kind !== 'task') assert.match(name, /\.(merging|removed)$/);
    else assert.deepEqual(verifyTask(path.join(tasksFolder(outDir), name), entry.task.id), entry.state);
  }
  for (const [name, allowed] of Object.entries(ALLOWED)) {
    const entry = entries.get(name);
    const gone = entries.has(`${name}.removed`) ? 'leaving' : 'nothing';
    const { state, step = '' } = (entry?.kind === 'task' ? entry.state : { state: gone }) as {
      state: string;
      step?: number;
    };
    assert.ok(allowed.includes(`${state} ${step}`.trim()), `${name} is ${state} ${step}`);
  }
}

const checked = new Set<string>();

/** Asserts that after a fault the store contains only complete tasks, and that the next merge completes it. */
async function check(image: Image): Promise<void> {
  const key = JSON.stringify(digests(image));
  if (checked.has(key)) return;
  checked.add(key);
  writeImage(folder, image);
  checkStates();
  await merge();
  assert.deepEqual(digests(imageOf(folder)), digests(merged.image));
}

async function play(fault: Fault): Promise<void> {
  writeImage(folder, initial);
  const disk = new FaultyDisk(folder, fault);
  try {
    await merge();
  } catch (error) {
    assert.ok(isCrash(error) || error instanceof UserError, String(error));
  } finally {
    disk.remove();
  }
  assert.ok(disk.isHit);
  assert.deepEqual(disk.outside, []);
  const isEnd = fault.mode === 'crash' || fault.mode === 'tear';
  const torn = isEnd ? [tornImage(disk.root, seededRandom(fault.at))] : [];
  for (const image of [writtenImage(disk.root), durableImage(disk.root), ...torn]) await check(image);
}

describe(`a merge of ${merged.operations} file operations, one of which fails`, () => {
  for (const mode of ['crash', 'tear', 'fail', 'full', 'short'] as const)
    test(`${mode} at each operation`, async () => {
      assert.ok(merged.operations > 50);
      for (let at = 1; at <= merged.operations; at += 1) await play({ at, mode });
    });
});
