import PQueue from 'p-queue';
import { BucketError } from '../../errors.js';
import { listStore } from '../../store/inventory.js';
import { readTaskStates } from '../../store/task-states.js';
import type { ResultExchange, ResultSender } from '../../run/executor.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { clearIncoming } from './incoming.js';
import type { ResultBucket } from './result-bucket.js';
import { mapConcurrently } from './map-concurrently.js';

type Print = (line: string) => void;

/** The number of concurrent transfers while tasks run. It is low so as not to slow them down. */
const CONCURRENT_SENDS = 2;

/** Exchanges the results of finished tasks with a bucket, in both directions. */
export class BucketExchange implements ResultExchange {
  readonly #bucket: ResultBucket;

  constructor(bucket: ResultBucket) {
    this.#bucket = bucket;
  }

  /** Downloads results that the store lacks. Reports corrupt ones, and removes their markers so that they can be sent again. */
  async fetch(
    outDir: string,
    tasks: readonly Task[],
    { signal, print }: { readonly signal: AbortSignal; readonly print: Print },
  ): Promise<void> {
    const bucket = this.#bucket;
    clearIncoming(outDir);
    const finished = await bucket.finished();
    const states = readTaskStates(outDir, tasks);
    const missing = tasks.filter(
      ({ id, name }) => finished.has(name) && !['done', 'corrupt'].includes(states.get(id)?.state ?? ''),
    );
    let downloaded = 0;
    await mapConcurrently(missing, async (task) => {
      if (signal.aborted) return;
      const result = await bucket.download(task, outDir);
      if (result.type === 'downloaded') downloaded += 1;
      if (result.type === 'corrupt') {
        print(`corrupt in ${bucket.shown}, executing it again: ${task.name}: ${result.problem}`);
        await bucket.removeMarker(task);
      }
    });
    if (downloaded > 0) print(`downloaded from ${bucket.shown}: ${countOf(downloaded)}`);
  }

  async sendAll(outDir: string, print: Print, only?: readonly Task[]): Promise<void> {
    const bucket = this.#bucket;
    const finished = await bucket.finished();
    const done = doneNames(outDir, only);
    const unsent = done.filter((name) => !finished.has(name));
    let left = unsent.length;
    try {
      await mapConcurrently(unsent, async (name) => {
        await bucket.send({ name }, outDir);
        left -= 1;
      });
    } catch (error) {
      if (!(error instanceof BucketError)) throw error;
      throw new BucketError(
        `${countOf(left)} not sent, run the same command again to send them: ${error.message}`,
        {
          cause: error,
        },
      );
    }
    if (done.length > 0) print(`synced with ${bucket.shown}: ${countOf(done.length)}`);
  }

  sender(outDir: string, print: Print): Sender {
    return new Sender(this.#bucket, outDir, print);
  }
}

class Sender implements ResultSender {
  readonly #bucket: ResultBucket;
  readonly #outDir: string;
  readonly #print: Print;
  readonly #queue = new PQueue({ concurrency: CONCURRENT_SENDS });

  constructor(bucket: ResultBucket, outDir: string, print: Print) {
    this.#bucket = bucket;
    this.#outDir = outDir;
    this.#print = print;
  }

  add(task: Task): void {
    this.#queue
      .add(() => this.#bucket.send(task, this.#outDir))
      .catch((error: unknown) => {
        this.#print(`not sent yet: ${task.name}: ${String(error)}`);
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
