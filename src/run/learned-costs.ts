import path from 'node:path';
import { namesIn, readJsonFile } from '../store/files.js';
import { readAttempts } from '../store/attempts.js';
import { readTaskState, TASK_FILES, taskFolder, tasksFolder, type TaskState } from '../store/task-folder.js';
import { taskRecordSchema } from '../store/task-record.js';
import { estimateCost, stepsOf } from '../task/cost.js';
import type { Cost, Experiment } from '../task/experiment.js';
import { experimentOf } from '../task/registry.js';
import type { Settings, Task } from '../task/task.js';

/** How long the finished tasks of an experiment took. */
export interface LearnedTime {
  readonly experiment: string;
  readonly unit: Experiment['unit'];
  /** Median of the ratio of the measured to the estimated time; 1 if no task has finished. */
  readonly ratio: number;
  /** The time of one step or row; null if it depends on the settings, because the experiment declares times. */
  readonly microsecondsPerStep: number | null;
  /** The number of finished tasks that the median was taken over; 0 if the time is assumed. */
  readonly finishedTasks: number;
}

export interface LearnedCosts {
  /** Estimates the cost like `estimateCost`, but with the learned times. */
  readonly costOf: (settings: Settings) => Cost;
  /** One entry for each experiment of the sweep that has finished tasks or declares no times. */
  readonly times: readonly LearnedTime[];
}

/** The maximum number of task folders that are read for one experiment. */
const MAX_FOLDERS = 50;

/** Learns from the finished tasks in the store how long the tasks of each experiment take on this machine. */
export function learnCosts(
  outDir: string,
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
): LearnedCosts {
  const times = new Map<string, LearnedTime>();
  const visited = new Set<string>();
  for (const { settings } of tasks) {
    const { name, unit } = experimentOf(settings);
    if (visited.has(name)) continue;
    visited.add(name);
    const { isAssumed = false, microsecondsPerStep } = estimateCost(settings);
    const ratios = measuredRatios(outDir, name, tasks, states);
    if (ratios.length === 0 && !isAssumed) continue;
    const ratio = medianOf(ratios) ?? 1;
    times.set(name, {
      experiment: name,
      unit,
      ratio,
      microsecondsPerStep: isAssumed ? ratio * microsecondsPerStep : null,
      finishedTasks: ratios.length,
    });
  }
  const costOf = (settings: Settings): Cost => {
    const cost = estimateCost(settings);
    const { ratio = 1, finishedTasks = 0 } = times.get(experimentOf(settings).name) ?? {};
    return finishedTasks === 0
      ? cost
      : {
          bytes: cost.bytes,
          microsecondsPerStep: ratio * cost.microsecondsPerStep,
          trainingMs: ratio * cost.trainingMs,
        };
  };
  return { costOf, times: [...times.values()] };
}

/** Returns the ratio of measured to estimated time of finished tasks: first those of the sweep, then others of the same experiment. */
function measuredRatios(
  outDir: string,
  experiment: string,
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
): number[] {
  const own = tasks.filter(
    ({ id, settings }) => states.get(id)?.state === 'done' && experimentOf(settings).name === experiment,
  );
  const names = new Set(tasks.map(({ name }) => name));
  // The folders of most experiments start with the experiment's name. Of the others, only tasks of the sweep are found.
  const others =
    own.length >= MAX_FOLDERS
      ? []
      : namesIn(tasksFolder(outDir)).filter((name) => name.startsWith(`${experiment}-`) && !names.has(name));
  return [
    ...sampleEvenly(own, MAX_FOLDERS),
    ...sampleEvenly(others, MAX_FOLDERS - own.length).flatMap((name) => finishedTask(outDir, name) ?? []),
  ]
    .filter(({ settings }) => experimentOf(settings).name === experiment)
    .flatMap((task) => timeRatio(taskFolder(outDir, task), task.settings) ?? []);
}

function finishedTask(outDir: string, name: string): Task | null {
  const folder = taskFolder(outDir, { name });
  const record = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  if (!record.found || record.value.name !== name) return null;
  return readTaskState(folder, record.value.id).state === 'done' ? record.value : null;
}

/**
 * Returns the ratio of the task's measured to its estimated time, or null if no attempt recorded times. A finished task that yields
 * rows counts as having all rows of its estimate, even if it has fewer.
 */
function timeRatio(folder: string, settings: Settings): number | null {
  const attempts = readAttempts(folder);
  // A task that is not resumable starts from scratch in each attempt.
  const counted = experimentOf(settings).isResumable ? attempts : attempts.slice(-1);
  let steps = 0;
  let microseconds = 0;
  for (const { fromStep, toStep, microsecondsPerStep } of counted) {
    steps += toStep - fromStep;
    microseconds += (microsecondsPerStep ?? 0) * (toStep - fromStep);
  }
  const estimatedSteps = experimentOf(settings).unit === 'row' ? stepsOf(settings) : steps;
  const estimated = estimatedSteps * estimateCost(settings).microsecondsPerStep;
  return estimated > 0 && microseconds > 0 ? microseconds / estimated : null;
}

/** Returns at most `count` items, evenly spaced over the list. */
function sampleEvenly<Item>(items: readonly Item[], count: number): readonly Item[] {
  const every = Math.ceil(items.length / Math.max(1, count));
  return items.filter((_, index) => index % every === 0);
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
