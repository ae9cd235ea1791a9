import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lineOutput } from '../../src/api/run-lines.js';
import type { RunOptions } from '../../src/run/run-sweep.js';
import type { TrainingSettings, TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { sampleTask } from '../store/sample-task.js';
import { waitUntil } from '../wait-until.js';

/** What a stand-in task can do; its `modelSeed` is the index. */
export const BEHAVIORS = [
  'succeeds',
  'fails once',
  'throws',
  'dies',
  'dies once',
  'diverges',
  'runs until stopped',
  'never stops',
  'waits for a companion',
  'is corrupt once',
  'crashes',
  'crashes once',
  'fills the heap',
  'fills the memory',
  'finds the disk full',
  'waits at a checkpoint',
  'takes a while',
  'takes long',
  'uses xla',
] as const;

export type Behavior = (typeof BEHAVIORS)[number];

/** A line of `events.jsonl` in the out folder, which the threads append to in chronological order. */
export interface TrainingEvent {
  readonly event: 'start' | 'end' | 'stop';
  readonly task: string;
  readonly slot: number;
  readonly fromStep?: number;
  /** The number of warm-ups that this thread has done, and the names of their tasks. */
  readonly warmUps?: number;
  readonly warmUpTasks?: readonly string[];
}

const STAND_IN_WORKER = new URL('./stand-in-worker.js', import.meta.url);

export function standInTask(
  seed: number,
  behavior: Behavior,
  settings: Partial<TrainingSettings> = {},
): TrainingTask {
  return sampleTask(seed, { modelSeed: BEHAVIORS.indexOf(behavior), ...settings });
}

/** Returns the options of a run with stand-in threads, and the text that it shows. */
export function standInOptions(
  outDir: string,
  changes: Partial<RunOptions> = {},
): RunOptions & { readonly shown: () => string } {
  const lines: string[] = [];
  return {
    outDir,
    workers: 2,
    retries: 1,
    retryDiverged: false,
    retrainCorrupt: false,
    checkpointEveryMs: 1000,
    isolation: 'thread',
    stallMs: 60_000,
    memoryBytes: Infinity,
    logLevel: 'info',
    signal: new AbortController().signal,
    output: lineOutput((line) => lines.push(`${line}\n`)),
    workerUrl: STAND_IN_WORKER,
    shown: () => lines.join(''),
    ...changes,
  };
}

export function eventsOf(outDir: string): TrainingEvent[] {
  const file = path.join(outDir, 'events.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as TrainingEvent);
}

export function startsOf(outDir: string): string[] {
  return eventsOf(outDir)
    .filter(({ event }) => event === 'start')
    .map(({ task }) => task);
}

/** Resolves once that many tasks have started. */
export async function untilStarted(outDir: string, count: number): Promise<void> {
  await waitUntil(`${String(count)} tasks have started`, () => startsOf(outDir).length >= count, 5);
}
