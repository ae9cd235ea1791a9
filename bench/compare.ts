import { readFileSync } from 'node:fs';
import { InputError } from '../src/errors.js';
import { resultSchema, type Result } from './result.js';

/** A measurement that two results have in common. */
export interface Change {
  /** For example `linear c, microseconds per step`. */
  readonly figure: string;
  readonly before: number;
  readonly now: number;
}

/** Returns the measurements that both results contain, in the order of the later result. */
export function compareResults(before: Result, now: Result): Change[] {
  const earlier = medians(before);
  return [...medians(now)].flatMap(([figure, value]) => {
    const old = earlier.get(figure);
    return old === undefined ? [] : [{ figure, before: old, now: value }];
  });
}

export function readResult(file: string): Result {
  try {
    return resultSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new InputError(`--compare ${file}: expected a file that --json wrote`, { cause });
  }
}

function medians({
  training,
  models,
  scaling,
  logging,
  memory,
  start,
  report,
  serve,
  dispatch,
  queue,
  planning,
}: Result): Map<string, number> {
  return new Map([
    ...[...(training?.programs ?? []), ...(models?.programs ?? [])].map(
      ({ shape, program, microsecondsPerStep }) =>
        [`${shape} ${program}, microseconds per step`, microsecondsPerStep.median] as const,
    ),
    ...[...(training?.ratios ?? []), ...(models?.ratios ?? [])].map(
      ({ shape, program, against, ratio }) => [`${shape}, ${program} over ${against}`, ratio.median] as const,
    ),
    ...(scaling ?? []).map(
      ({ shape, workers, ratio }) => [`${shape}, ${workers} workers over one`, ratio.median] as const,
    ),
    ...(logging ?? []).flatMap(({ shape, evaluationsShare, startShare, writingShare }) => [
      [`${shape} evaluations, share of training`, evaluationsShare.median] as const,
      [`${shape} first parameters, share of training`, startShare.median] as const,
      [`${shape} logs and checkpoints, share of training`, writingShare.median] as const,
    ]),
    ...(memory ? [['peak memory, bytes', memory.peakBytes] as const] : []),
    ...(start ?? []).flatMap(({ shape, coldMs, warmMs }) => [
      [`${shape} start to first checkpoint, cold, milliseconds`, coldMs.median] as const,
      [`${shape} start to first checkpoint, warm, milliseconds`, warmMs.median] as const,
    ]),
    ...(report
      ? [
          ['report, milliseconds', report.elapsedMs.median] as const,
          ['report, peak memory, bytes', report.peakBytes] as const,
        ]
      : []),
    ...(serve
      ? [
          ['dashboard, first page, milliseconds', serve.firstPageMs.median] as const,
          ['dashboard, update, milliseconds', serve.updateMs.median] as const,
          ['dashboard, peak memory, bytes', serve.peakBytes] as const,
          ['run beside a dashboard over one alone', serve.runRatio.median] as const,
        ]
      : []),
    ...(dispatch
      ? [
          ['trivial task, milliseconds', dispatch.taskMs] as const,
          ['run without pending tasks, milliseconds', dispatch.finishedRunMs.median] as const,
        ]
      : []),
    ...(queue
      ? [
          ['task through the queue, one worker, milliseconds', queue.singleTaskMs] as const,
          ['tasks per second through the queue', queue.tasksPerSecond] as const,
          ['Redis memory per task, bytes', queue.redisBytesPerTask] as const,
          ['coordinator of a queue, peak memory, bytes', queue.coordinatorBytes] as const,
          ['two workers over two threads', queue.fleet.ratio.median] as const,
        ]
      : []),
    ...(planning ?? []).map(
      ({ command, elapsedMs }) => [`${command}, milliseconds`, elapsedMs.median] as const,
    ),
  ]);
}
