import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'safe-stable-stringify';
import { z } from 'zod';
import { readJsonFile } from '../../store/files.js';
import { markedFiles, readTaskState, TASK_FILES, taskFolder, verifyTask } from '../../store/task-folder.js';
import type { Sweep } from '../../sweep/load.js';
import { isNumeric } from '../../task/column.js';
import { loadDetails } from '../../task/registry.js';
import type { CorruptExport } from '../export-sweep.js';
import { points, type Point } from '../points.js';
import type { DetailsOf, ExportTask } from '../table.js';
import { MlflowClient, type ClientOptions } from './client.js';
import { Tracking, type TrackedRun } from './tracking.js';

/** Tags of a run in MLflow. */
const MLFLOW_TAGS = {
  task: 'vae-sweep.task',
  sweep: 'vae-sweep.sweep',
  versions: 'vae-sweep.versions',
  /** How many numbers have been sent, from which an interrupted export resumes. */
  sent: 'vae-sweep.sent',
} as const;

/** MLflow's limits of a request, 1,000 entries and one megabyte, with room for a tag. */
const MAX_METRICS = 999;
const MAX_METRIC_BYTES = 900_000;
const MAX_PARAMETERS = 50;
const MAX_VALUE_CHARACTERS = 5_000;

export interface SendOptions extends ClientOptions {
  readonly outDir: string;
  /** Called after each task. */
  readonly onTask: () => void;
}

export interface SendResult {
  readonly sent: number;
  /** The number of tasks that the server had already. */
  readonly unchanged: number;
  /** The number of tasks that are not done. */
  readonly unfinished: number;
  /** The number of sent tasks without files, because the server does not take them. */
  readonly withoutArtifacts: number;
  readonly corrupt: readonly CorruptExport[];
}

/**
 * Sends the done tasks of a sweep to an MLflow server, one after the other: an experiment with the sweep's name, and a run per task. A
 * run is finished once it is complete, so that the next export skips it and completes the others.
 * @throws a TrackingError if the server can't be used, or the signal's reason when it aborts
 */
export async function sendSweep(sweep: Sweep, options: SendOptions): Promise<SendResult> {
  const tracking = new Tracking(new MlflowClient(options));
  const details = await loadDetails(sweep.tasks);
  const experiment = await tracking.openExperiment(sweep.name);
  const corrupt: CorruptExport[] = [];
  const counts = { sent: 0, unchanged: 0, unfinished: 0, withoutArtifacts: 0 };
  for (const task of sweep.tasks) {
    options.signal.throwIfAborted();
    const folder = taskFolder(options.outDir, task);
    const isDone = readTaskState(folder, task.id).state === 'done';
    const found = isDone ? await tracking.findRun(experiment, MLFLOW_TAGS.task, task.id) : null;
    if (found?.isFinished === true) counts.unchanged += 1;
    else {
      // Only what is sent needs its checksums verified.
      const state = verifyTask(folder, task.id);
      if (state.state === 'corrupt') corrupt.push({ name: task.name, problem: state.problem });
      else if (state.state !== 'done') counts.unfinished += 1;
      else {
        const run = { tracking, details, experiment, found, sweep: sweep.name };
        const hasArtifacts = await sendTask({ task, folder, state: 'done' }, run);
        counts.sent += 1;
        if (!hasArtifacts) counts.withoutArtifacts += 1;
      }
    }
    options.onTask();
  }
  return { ...counts, corrupt };
}

interface Destination {
  readonly tracking: Tracking;
  readonly details: DetailsOf;
  readonly experiment: string;
  readonly sweep: string;
  /** The incomplete run of an earlier export, or null. */
  readonly found: TrackedRun | null;
}

/** @returns whether its files were uploaded */
async function sendTask(exported: ExportTask, destination: Destination): Promise<boolean> {
  const { task, folder } = exported;
  const { tracking, details, experiment, sweep } = destination;
  const { startMs, endMs } = timesOf(folder);
  const results = resultsOf(exported, details);
  const tags = {
    [MLFLOW_TAGS.task]: task.id,
    [MLFLOW_TAGS.sweep]: sweep,
    [MLFLOW_TAGS.versions]: JSON.stringify(task.versions),
    ...results.tags,
  };
  const run =
    destination.found ??
    (await tracking.createRun(experiment, { name: task.name, startMs, tags }, MLFLOW_TAGS.task));
  const settings = Object.entries(task.settings).map(([name, value]) => [name, textOf(value)] as const);
  for (let start = 0; start < settings.length; start += MAX_PARAMETERS)
    await tracking.logParameters(run.id, Object.fromEntries(settings.slice(start, start + MAX_PARAMETERS)));
  let sent = Number(run.tags.get(MLFLOW_TAGS.sent) ?? 0);
  for (const metrics of batches(pointsOf(exported, details, results.points), sent, endMs)) {
    sent += metrics.length;
    await tracking.logMetrics(run.id, metrics, { [MLFLOW_TAGS.sent]: String(sent) });
  }
  let hasArtifacts = true;
  for (const name of artifactsOf(folder))
    hasArtifacts &&= await tracking.upload(run, name, readFileSync(path.join(folder, name)));
  await tracking.finishRun(run.id, endMs);
  return hasArtifacts;
}

/** Returns the results that are not in a log of evaluations: numbers as points, others as tags. */
function resultsOf(
  { task, folder }: ExportTask,
  details: DetailsOf,
): { points: Point[]; tags: Record<string, string> } {
  const experiment = details(task);
  const results: { points: Point[]; tags: Record<string, string> } = { points: [], tags: {} };
  if (experiment.logs(task.settings).evaluations !== undefined) return results;
  const read = experiment.readSummary(folder);
  for (const column of experiment.summary(task.settings)) {
    const value = read(column.name);
    if (!isNumeric(column)) results.tags[`result.${column.name}`] = textOf(value);
    else if (typeof value === 'number')
      results.points.push({ name: `result/${column.name}`, step: 0, value });
  }
  return results;
}

function* pointsOf(task: ExportTask, details: DetailsOf, results: readonly Point[]): Generator<Point> {
  yield* results;
  const logs = details(task.task).logs(task.task.settings);
  for (const log of ['steps', 'evaluations', 'rows'] as const)
    if (logs[log] !== undefined) yield* points(task, log);
}

/** Yields the JSON of metrics in batches, without the first `skipped` finite numbers. */
function* batches(all: Iterable<Point>, skipped: number, timestamp: number): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  let number = 0;
  for (const { name, step, value } of all) {
    if (!Number.isFinite(value)) continue;
    number += 1;
    if (number <= skipped) continue;
    // MLflow ignores a number that it has already, of the same time, so that repeating a batch does no harm.
    const metric = JSON.stringify({ key: name, value, timestamp, step });
    const size = Buffer.byteLength(metric) + 1;
    if (batch.length === MAX_METRICS || bytes + size > MAX_METRIC_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(metric);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (stringify(value) ?? 'null');
  return text.slice(0, MAX_VALUE_CHARACTERS);
}

/** Returns the files of a done task, except its large log of steps. */
function artifactsOf(folder: string): string[] {
  const marked = [...(markedFiles(folder)?.keys() ?? [])];
  return [TASK_FILES.task, ...marked.filter((name) => name !== TASK_FILES.steps && name !== TASK_FILES.task)];
}

const attemptsSchema = z.array(z.object({ start: z.iso.datetime(), end: z.iso.datetime() })).min(1);

/** Returns when the task started and ended. Both are 0 if `run.json` is unreadable, because no result depends on it. */
function timesOf(folder: string): { startMs: number; endMs: number } {
  const attempts = readJsonFile(path.join(folder, TASK_FILES.run), attemptsSchema);
  if (!attempts.found) return { startMs: 0, endMs: 0 };
  const [first] = attempts.value;
  return {
    startMs: Date.parse(first?.start ?? ''),
    endMs: Date.parse(attempts.value.at(-1)?.end ?? ''),
  };
}
