import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readJsonFile } from '../../store/files.js';
import { importTask, recordProblem } from '../../store/import-task.js';
import { decide, type Decision } from '../../store/merge-decision.js';
import { findTarget, prepareMerge, type Merged, type MergeOptions } from '../../store/merge.js';
import { markedFiles, markedHashes, TASK_FILES, tasksFolder } from '../../store/task-folder.js';
import { taskRecordSchema } from '../../store/task-record.js';
import type { Task } from '../../task/task.js';
import { clearIncoming, withIncomingFolder } from './incoming.js';
import type { ResultBucket } from './result-bucket.js';
import { mapConcurrently } from './map-concurrently.js';

/**
 * Merges the finished tasks of a bucket like `mergeStores`. If the store already has the same results, only the marker is downloaded.
 * Unless it is a dry run, the caller must hold the store's lock.
 */
export async function mergeBucket(bucket: ResultBucket, options: MergeOptions): Promise<Merged[]> {
  const { outDir, dryRun, signal } = options;
  if (!dryRun) {
    prepareMerge(outDir);
    clearIncoming(outDir);
  }
  const names = [...(await bucket.finished())].sort();
  options.onCount(names.length);
  const merged = await mapConcurrently(names, async (name) => {
    if (signal.aborted) return [];
    const merge = async (folder: string): Promise<Merged> => mergeTask(bucket, name, folder, options);
    const item = await (dryRun ? withTemporaryFolder(merge) : withIncomingFolder(outDir, { name }, merge));
    options.onEntry();
    return [item];
  });
  return merged.flat();
}

async function mergeTask(
  bucket: ResultBucket,
  name: string,
  folder: string,
  { outDir, dryRun }: MergeOptions,
): Promise<Merged> {
  const entry = { from: bucket.shown, name, bytes: 0 };
  const corrupt = (problem: string): Merged => {
    const state = { state: 'corrupt', problem } as const;
    return { ...entry, decision: { type: 'corrupt', problem }, task: null, state };
  };
  const missing = await bucket.fetchMarker({ name }, folder);
  if (missing !== null)
    return corrupt(missing.type === 'missing' ? 'its marker disappeared' : missing.problem);
  const target = path.join(tasksFolder(outDir), name);
  const bytes = [...(markedFiles(folder)?.values() ?? [])].reduce((sum, file) => sum + file.bytes, 0);
  const found = { ...entry, bytes, state: { state: 'done' } } as const;
  const own = findSameResults(folder, target);
  if (own !== null) return { ...found, decision: { type: 'present' }, task: own };
  const unfetched = await bucket.fetchRecords({ name }, folder);
  if (unfetched?.type === 'corrupt') return corrupt(unfetched.problem);
  const record = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  if (!record.found) return corrupt(record.problem ?? `has no ${TASK_FILES.task}`);
  const task = record.value;
  if (task.name !== name) return corrupt(`${TASK_FILES.task} belongs to another task`);
  const problem = recordProblem(folder, task);
  if (problem !== null) return corrupt(problem);
  const decision = decideOn(folder, target, task);
  if (dryRun || decision.type !== 'copy') return { ...found, task, decision };
  return { ...found, task, decision: await copy(bucket, task, folder, outDir) };
}

/** Returns the store's task if it is done with the same results as in the marker in the folder, or null. */
function findSameResults(folder: string, target: string): Task | null {
  const own = readJsonFile(path.join(target, TASK_FILES.task), taskRecordSchema);
  if (!own.found || own.value.name !== path.basename(target)) return null;
  return decideOn(folder, target, own.value).type === 'present' ? own.value : null;
}

/** @param folder a folder with the marker of a finished task */
function decideOn(folder: string, target: string, task: Task): Decision {
  return decide({ state: { state: 'done' }, hashes: markedHashes(folder) }, findTarget(target, task));
}

async function copy(bucket: ResultBucket, task: Task, folder: string, outDir: string): Promise<Decision> {
  const broken = await bucket.fetchResults(task, folder);
  if (broken !== null) return broken;
  const problem = importTask(folder, tasksFolder(outDir), task, { state: 'done' });
  return problem === null ? { type: 'copy' } : { type: 'corrupt', problem };
}

async function withTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-merge-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
