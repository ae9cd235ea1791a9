import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { projectFile, runCommand } from './command-line.js';
import type { MeasureOptions } from './options.js';
import { RedisServer } from '../test/remote/redis-server.js';
import type { QueueResult } from './result.js';
import { ratioOf, spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Steps per task, which take about two seconds. */
const STEPS = 120_000;
const TASKS = 10;
const WORKERS = 2;
/** Number of tasks before the measurement begins. By then both workers have loaded TensorFlow and compiled. */
const WARM_UP = 3;

const sessionsSchema = z.array(
  z.object({ start: z.iso.datetime(), end: z.iso.datetime(), fromStep: z.int(), toStep: z.int() }),
);

/**
 * Compares two worker processes, with one task at a time each, to a run with two threads. Measures from the end of the third task to the
 * end of the last but one, while both workers are busy. Includes the time between tasks, but not the start of the processes.
 */
export async function measureFleet(options: MeasureOptions): Promise<QueueResult['fleet']> {
  const { rounds, progress, steps = STEPS } = options;
  const redis = await RedisServer.start({ appendOnly: true });
  try {
    return await inTemporaryFolder(async (folder) => {
      const file = path.join(folder, 'fleet.yaml');
      const seed = Array.from({ length: TASKS }, (_, index) => index);
      const settings = { steps: Math.min(STEPS, steps) };
      const sweep = { experiment: 'linear', grid: { dimensions: [[9, 20, 20]], seed }, settings };
      writeFileSync(file, JSON.stringify(sweep));
      const samples = { local: [] as number[], queued: [] as number[] };
      for (let round = 1; round <= rounds; round++) {
        progress(`queue: two workers and two threads, round ${round} of ${rounds}`);
        samples.local.push(await trainLocally(file, path.join(folder, 'local')));
        samples.queued.push(await trainQueued(file, path.join(folder, 'queued'), redis.url));
      }
      const [local, queued] = [spreadOf(samples.local), spreadOf(samples.queued)];
      return { localStepsPerSecond: local, queuedStepsPerSecond: queued, ratio: ratioOf(queued, local) };
    });
  } finally {
    await redis.remove();
  }
}

async function trainLocally(file: string, out: string): Promise<number> {
  rmSync(out, { recursive: true, force: true });
  await runCommand(['run', file, '--out', out, '--workers', String(WORKERS)]);
  return stepsPerSecond(out);
}

async function trainQueued(file: string, out: string, url: string): Promise<number> {
  rmSync(out, { recursive: true, force: true });
  const workers = Array.from({ length: WORKERS }, () => startWorker(out, url));
  try {
    await runCommand(['run', file, '--out', out, '--queue', url]);
    return stepsPerSecond(out);
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }
}

function startWorker(out: string, url: string): ChildProcess {
  const args = ['worker', '--queue', url, '--out', out, '--workers', '1'];
  return spawn(process.execPath, [projectFile('bin/vae-sweep.mjs'), ...args], { stdio: 'ignore' });
}

function stepsPerSecond(out: string): number {
  const folder = path.join(out, 'tasks');
  const sessions = readdirSync(folder).flatMap((name) =>
    sessionsSchema.parse(JSON.parse(readFileSync(path.join(folder, name, 'run.json'), 'utf8'))),
  );
  const spans = sessions.map(({ start, end, fromStep, toStep }) => ({
    startMs: Date.parse(start),
    endMs: Date.parse(end),
    steps: toStep - fromStep,
  }));
  const ends = spans.map(({ endMs }) => endMs).sort((a, b) => a - b);
  const [fromMs = NaN, toMs = NaN] = [ends[WARM_UP - 1], ends[ends.length - WORKERS]];
  const steps = spans.reduce((sum, span) => sum + stepsWithin(span, fromMs, toMs), 0);
  return (steps * 1000) / (toMs - fromMs);
}

/** Returns the number of steps of a task within an interval, assuming a constant speed. */
function stepsWithin(span: { startMs: number; endMs: number; steps: number }, fromMs: number, toMs: number) {
  const withinMs = Math.min(span.endMs, toMs) - Math.max(span.startMs, fromMs);
  return withinMs <= 0 ? 0 : (span.steps * withinMs) / (span.endMs - span.startMs);
}
