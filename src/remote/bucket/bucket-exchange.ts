import PQueue from 'p-queue';
import { BucketError } from '../../errors.js';
import { listStore } from '../../store/inventory.js';
import { readTaskStates } from '../../store/task-states.js';
import type { ResultExchange, ResultSender } from '../../run/executor.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { clearArrivals } from './arrivals.js';
import type { ResultBucket } from './result-bucket.js';
import { withSeveral } from './several.js';

type Say = (line: string) => void;

/** Tasks that are sent at a time while others are trained, which it should cost little. */
const BESIDE_TRAINING = 2;

/** Exchanges the results of finished tasks with a bucket. */
export class BucketExchange implements ResultExchange {
  readonly #bucket: ResultBucket;

  constructor(bucket: ResultBucket) {
    this.#bucket = bucket;
  }

  /** What is corrupt there is told, and to be sent again. */
  async fetch(
    outDir: string,
    tasks: readonly Task[],
    { signal, say }: { readonly signal: AbortSignal; readonly say: Say },
  ): Promise<void> {
    const bucket = this.#bucket;
    clearArrivals(outDir);
    const finished = await bucket.finished();
    const states = readTaskStates(outDir, tasks);
    const wanted = tasks.filter(
      ({ id, name }) => finished.has(name) && !['done', 'corrupt'].includes(states.get(id)?.state ?? ''),
    );
    let brought = 0;
    await withSeveral(wanted, async (task) => {
      if (signal.aborted) return;
      const result = await bucket.bring(task, outDir);
      if (result.type === 'brought') brought += 1;
      if (result.type === 'corrupt') {
        say(`corrupt in ${bucket.shown}, to be trained again: ${task.name}: ${result.problem}`);
        await bucket.forget(task);
      }
    });
    if (brought > 0) say(`brought from ${bucket.shown}: ${countOf(brought)}`);
  }

  async sendAll(outDir: string, say: Say, only?: readonly Task[]): Promise<void> {
    const bucket = this.#bucket;
    const finished = await bucket.finished();
    const done = doneNames(outDir, only);
    const unsent = done.filter((name) => !finished.has(name));
    let left = unsent.length;
    try {
      await withSeveral(unsent, async (name) => {
        await bucket.send({ name }, outDir);
        left -= 1;
      });
    } catch (error) {
      if (!(error instanceof BucketError)) throw error;
      throw new BucketError(`${countOf(left)} not sent, the same command sends them: ${error.message}`, {
        cause: error,
      });
    }
    if (done.length > 0) say(`in ${bucket.shown}: all ${countOf(done.length)}`);
  }

  sender(outDir: string, say: Say): Sender {
    return new Sender(this.#bucket, outDir, say);
  }
}

class Sender implements ResultSender {
  readonly #bucket: ResultBucket;
  readonly #outDir: string;
  readonly #say: Say;
  readonly #queue = new PQueue({ concurrency: BESIDE_TRAINING });

  constructor(bucket: ResultBucket, outDir: string, say: Say) {
    this.#bucket = bucket;
    this.#outDir = outDir;
    this.#say = say;
  }

  add(task: Task): void {
    this.#queue
      .add(() => this.#bucket.send(task, this.#outDir))
      .catch((error: unknown) => {
        this.#say(`not sent yet: ${task.name}: ${String(error)}`);
      });
  }

  async idle(): Promise<void> {
    await this.#queue.onIdle();
  }
}

function doneNames(outDir: string, only: readonly Task[] | undefined): string[] {
  if (only === undefined)
    return listStore(outDir).flatMap((entry) =>
      entry.kind === 'task' && entry.state.state === 'done' ? [entry.name] : [],
    );
  const states = readTaskStates(outDir, only);
  return only.flatMap(({ id, name }) => (states.get(id)?.state === 'done' ? [name] : []));
}

function countOf(results: number): string {
  return `${formatCount(results)} ${results === 1 ? 'result' : 'results'}`;
}
