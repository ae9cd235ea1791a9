import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseBucketUrl } from '../../../src/remote/bucket/address.js';
import { ResultBucket } from '../../../src/remote/bucket/result-bucket.js';
import type { QueueTiming } from '../../../src/remote/queue/timing.js';
import { readTaskState, taskFolder, type TaskState } from '../../../src/store/task-folder.js';
import { identify } from '../../../src/task/identity.js';
import type { Task } from '../../../src/task/task.js';
import type { TrainingSettings, TrainingTask } from '../../../src/experiments/vae/settings/task.js';
import { standInTask, type Behavior } from '../../run/stand-in.js';
import { waitUntil } from '../../wait-until.js';

/** Short times, so that a lost worker is detected within seconds. */
export const TEST_TIMING: QueueTiming = {
  lockMs: 2_000,
  checkMs: 500,
  progressMs: 50,
  backOffMs: 50,
  reconcileMs: 1_000,
};

/** The specification of a test process. */
export interface ProcessSpec {
  readonly redis: string;
  readonly outDir: string;
  /** The bucket, for example `s3://name`. */
  readonly bucket?: string | undefined;
  readonly tasks?: readonly Task[];
  readonly slots?: number;
  readonly retries?: number;
  readonly numerics?: number;
  /** The module of the training threads, relative to this one. @default the stand-in worker */
  readonly thread?: string;
  readonly timing?: Partial<QueueTiming>;
}

/** A worker or coordinator process and its output. */
export class QueueProcess {
  readonly child: ChildProcess;
  readonly #exit: Promise<unknown>;
  #output = '';

  constructor(role: 'worker' | 'coordinator', spec: ProcessSpec) {
    const program = fileURLToPath(new URL(`./run-${role}.js`, import.meta.url));
    // A thousand tasks do not fit into an argument.
    const file = path.join(newStore(), 'spec.json');
    writeFileSync(file, JSON.stringify(spec));
    this.child = spawn(process.execPath, [program, file], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#exit = once(this.child, 'close');
    this.child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  get output(): string {
    return this.#output;
  }

  async untilPrinted(pattern: RegExp): Promise<void> {
    await waitUntil(`the process has printed ${String(pattern)}`, () => {
      const isPrinted = pattern.test(this.#output);
      if (!isPrinted && this.child.exitCode !== null)
        throw new Error(`the process exited before it printed ${String(pattern)}:\n${this.#output}`);
      return isPrinted;
    });
  }

  /** @returns the exit code, or null after a signal that it did not handle */
  async ended(): Promise<number | null> {
    await this.#exit;
    return this.child.exitCode;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }
}

/** Returns a stand-in task with an id that matches its settings. */
export function queueTask(
  seed: number,
  behavior: Behavior,
  settings: Partial<TrainingSettings> = {},
): TrainingTask {
  const task = standInTask(seed, behavior, settings);
  return identify(task.settings, task.versions);
}

/** Opens the bucket of the process's specification. */
export async function openSpecBucket(
  { bucket }: ProcessSpec,
  signal: AbortSignal,
): Promise<ResultBucket | undefined> {
  return bucket === undefined ? undefined : ResultBucket.open(parseBucketUrl(bucket), signal);
}

/** Reads the specification of this test process. */
export function readSpec(): ProcessSpec {
  return JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ProcessSpec;
}

export function stateOf(outDir: string, task: Task): TaskState {
  return readTaskState(taskFolder(outDir, task), task.id);
}

export function newStore(): string {
  return mkdtempSync(path.join(tmpdir(), 'vae-sweep-queue-'));
}

/** Resolves once the coordinator's log has the message. */
export async function untilLogged(outDir: string, message: string): Promise<void> {
  const file = path.join(outDir, 'sweeps', 'mine', 'log.jsonl');
  await waitUntil(
    `the log has the message ${message}`,
    () => existsSync(file) && readFileSync(file, 'utf8').includes(`"msg":"${message}"`),
  );
}
