import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readProgress } from '../../src/store/checkpoint.js';
import { TASK_FILES, commitResults } from '../../src/store/task-folder.js';
import type { TrainRequest, WorkerReply, WorkerRequest } from '../../src/task/protocol.js';
import type { TaskOutcome } from '../../src/task/outcome.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { checkpointBytes, sampleResults } from '../store/sample-task.js';
import type { TrainingEvent } from './stand-in.js';
import { BEHAVIORS } from './stand-in.js';

/**
 * A training thread that does not train: it writes the files that training would, and behaves as the task's `modelSeed` says
 * (an index of `BEHAVIORS`).
 */
let warmUps = 0;

type StandInRequest = TrainRequest<TrainingTask>;

export default function handle(request: WorkerRequest): WorkerReply {
  if (request.type === 'train') return standIn(request as StandInRequest);
  warmUps += 1;
  warmUpTasks.push(...request.tasks.map(({ name }) => name));
  return { type: 'warm' };
}

const warmUpTasks: string[] = [];

function standIn(request: StandInRequest): TaskOutcome {
  const { task, slot } = request;
  const fromStep = startStep(request);
  const starts = log(request, { event: 'start', task: task.name, slot, fromStep, warmUps, warmUpTasks });
  const behavior = BEHAVIORS[task.settings.modelSeed];
  const earlier = starts.filter((start) => start.task === task.name).length - 1;
  if (behavior === 'throws' || (behavior === 'fails once' && earlier === 0)) throw new Error('out of luck');
  if (behavior === 'dies' || (behavior === 'dies once' && earlier === 0)) process.exit(3);
  if (behavior === 'crashes' || (behavior === 'crashes once' && earlier === 0)) crash(request);
  if (behavior === 'fills the heap') fillHeap();
  if (behavior === 'fills the memory') fillMemory();
  if (behavior === 'finds the disk full')
    return { type: 'unwritable', message: "can't write x (ENOSPC): free some disk space" };
  if (behavior === 'is corrupt once' && earlier === 0)
    return { type: 'corrupt', problem: 'its checkpoint is cut short' };
  if (behavior === 'diverges') return diverge();
  if (behavior === 'runs until stopped' && fromStep === 0) return runUntilStopped(request);
  if (behavior === 'waits at a checkpoint' && fromStep === 0) waitAtCheckpoint(request);
  if (behavior === 'uses xla') process.stderr.write('engine auto uses xla: It needs LRN.\n');
  if (behavior === 'takes a while' || behavior === 'uses xla')
    pause(new Int32Array(new SharedArrayBuffer(4)), 100);
  if (behavior === 'takes long') pause(new Int32Array(new SharedArrayBuffer(4)), 7_000);
  if (behavior === 'never stops') pause(new Int32Array(new SharedArrayBuffer(4)), Infinity);
  if (behavior === 'waits for a companion') waitForCompanion(request);
  return finish(request, fromStep);
}

function finish({ task, folder, shared, slot }: StandInRequest, fromStep: number): TaskOutcome {
  const { steps } = task.settings;
  Atomics.store(new Int32Array(shared), 1 + slot, steps);
  commitResults(folder, task.id, sampleResults());
  log({ folder }, { event: 'end', task: task.name, slot });
  return { type: 'done', fromStep, recovered: null, steps, elapsedMs: 1, summary: null };
}

/** Crashes like faulty native code: no handler, no clean-up. Writes a checkpoint first, so that the next attempt resumes. */
function crash({ folder }: StandInRequest): never {
  writeFileSync(path.join(folder, TASK_FILES.checkpoint), checkpointBytes(30));
  process.kill(process.pid, 'SIGSEGV');
  pause(new Int32Array(new SharedArrayBuffer(4)), Infinity);
  throw new Error('The signal did not arrive.');
}

function fillHeap(): never {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index));
}

/** Allocates memory outside the heap of V8. */
function fillMemory(): never {
  const kept: Buffer[] = [];
  for (;;) {
    kept.push(Buffer.alloc(16 << 20, 1));
    pause(new Int32Array(new SharedArrayBuffer(4)), 5);
  }
}

/** Stops at step 40, with a checkpoint. */
function runUntilStopped({ task, folder, shared, slot }: StandInRequest): TaskOutcome {
  const cells = new Int32Array(shared);
  Atomics.store(cells, 1 + slot, 40);
  while (Atomics.load(cells, 0) === 0) pause(cells, 1);
  writeFileSync(path.join(folder, TASK_FILES.checkpoint), checkpointBytes(40));
  log({ folder }, { event: 'stop', task: task.name, slot });
  return { type: 'stopped', fromStep: 0, recovered: null, step: 40 };
}

/** Waits forever, after steps that the checkpoint lacks. */
function waitAtCheckpoint({ folder, shared, slot }: StandInRequest): void {
  writeFileSync(path.join(folder, TASK_FILES.checkpoint), checkpointBytes(30));
  Atomics.store(new Int32Array(shared), 1 + slot, 35);
  pause(new Int32Array(new SharedArrayBuffer(4)), Infinity);
}

/** Waits until an even number of tasks has started, which takes two running at a time. */
function waitForCompanion(request: StandInRequest): void {
  const cells = new Int32Array(request.shared);
  const needed = 2 * Math.ceil(startsIn(request).length / 2);
  while (startsIn(request).length < needed) pause(cells, 1);
}

function pause(cells: Int32Array, milliseconds: number): void {
  Atomics.wait(cells, 0, 0, milliseconds);
}

function startStep({ folder }: StandInRequest): number {
  return readProgress(folder).step ?? 0;
}

/** Logs the event and returns the starts so far. */
function log(request: Pick<StandInRequest, 'folder'>, event: TrainingEvent): TrainingEvent[] {
  appendFileSync(eventsFile(request), `${JSON.stringify(event)}\n`);
  return startsIn(request);
}

function startsIn(request: Pick<StandInRequest, 'folder'>): TrainingEvent[] {
  const lines = readFileSync(eventsFile(request), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainingEvent).filter(({ event }) => event === 'start');
}

function eventsFile({ folder }: Pick<StandInRequest, 'folder'>): string {
  return path.join(folder, '..', '..', 'events.jsonl');
}

function diverge(): TaskOutcome {
  const metrics = { loss: 1234.5, reconstruction: 1234, kl: 0.5, squaredError: 1, decoderLogVariance: -20 };
  const message = 'the loss is not finite at step 8, after a loss of 1234.50 nats at step 7';
  return { type: 'diverged', step: 8, message, lastFinite: { step: 7, ...metrics } };
}
