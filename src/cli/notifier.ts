import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../errors.js';
import { notifyUrlSchema } from '../input/project.js';
import type { Output } from '../run/output.js';
import type { RunResult } from '../run/run-sweep.js';
import type { Settlement } from '../run/settle.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';

/** @throws an InputError if a text is not the URL of a webhook */
export function parseNotifyUrls(texts: readonly string[]): URL[] {
  return texts.map((text) => {
    // The text may contain a password or the secret of a webhook, so the error does not repeat it.
    const { success, error } = notifyUrlSchema.safeParse(text);
    if (!success) throw new InputError(`--notify: ${error.issues[0]?.message ?? ''}`);
    return new URL(text);
  });
}

/** What a notification is about. */
type NotifiedEvent = 'first failure' | 'stall' | 'end' | 'interruption' | 'error';

/** The JSON that is posted. Slack's incoming webhooks show `text`; other receivers may use the other fields. */
interface Notification {
  readonly text: string;
  readonly event: NotifiedEvent;
  readonly sweep: string;
  readonly host: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

export interface NotifierOptions {
  readonly urls: readonly URL[];
  readonly sweep: string;
  readonly print: (line: string) => void;
  readonly now: () => Date;
  /** Time after which an attempt is given up. */
  readonly timeoutMs?: number;
  /** Times to wait before each attempt after the first. */
  readonly retryAfterMs?: readonly number[];
  /** The longest time that `flush` waits. */
  readonly flushMs?: number;
}

/**
 * Posts notifications about a run. Nothing here throws or makes the run wait, except that `flush` waits for what was not delivered yet, but
 * not longer than a limit.
 */
export class Notifier {
  readonly #options: Required<NotifierOptions>;
  readonly #start: Date;
  /** The deliveries to each URL, one after the other, so that they arrive in order. */
  #deliveries: Promise<void>[];
  readonly #sent = new Set<NotifiedEvent>();
  /** The URLs whose problem was printed. */
  readonly #named = new Set<URL>();
  readonly #giveUp = new AbortController();

  constructor(options: NotifierOptions) {
    this.#options = { timeoutMs: 5_000, retryAfterMs: [1_000, 2_000], flushMs: 10_000, ...options };
    this.#start = options.now();
    this.#deliveries = options.urls.map(async () => Promise.resolve());
  }

  /** Returns an output that also notifies about the first task that fails and the first that stalls. */
  watch(output: Output): Output {
    return {
      ...output,
      settled: (task, settlement) => {
        output.settled(task, settlement);
        this.#settled(task, settlement);
      },
    };
  }

  ended({
    done,
    failed,
    corrupt,
    interrupted,
  }: Pick<RunResult, 'done' | 'failed' | 'corrupt' | 'interrupted'>): void {
    const [event, verb] = interrupted
      ? (['interruption', 'was interrupted'] as const)
      : (['end', 'ended'] as const);
    const counts = { done, failed: failed.length, corrupt: corrupt.length };
    const texts = Object.entries(counts).flatMap(([state, count]) =>
      count === 0 && state !== 'done' ? [] : [`${formatCount(count)} ${state}`],
    );
    const elapsedMs = this.#options.now().getTime() - this.#start.getTime();
    this.#post(event, `${verb} after ${formatDuration(elapsedMs)}: ${texts.join(', ')}`, {
      ...counts,
      elapsedMs,
    });
  }

  /** Notifies about an error that ended the run. */
  failed(error: unknown): void {
    this.#post('error', `ended with an error: ${error instanceof Error ? error.message : String(error)}`, {});
  }

  /** Waits for the deliveries, and gives up those that take longer than the limit. */
  async flush(): Promise<void> {
    const { flushMs, print } = this.#options;
    const timer = setTimeout(() => {
      this.#giveUp.abort();
      print(`--notify: gave up after ${formatDuration(flushMs)}`);
    }, flushMs);
    await Promise.all(this.#deliveries);
    clearTimeout(timer);
  }

  #settled({ name }: Task, settlement: Settlement): void {
    if (settlement.type !== 'failed' && settlement.type !== 'retry') return;
    const { reason, message } = settlement.failure;
    const about = { task: name, reason, message };
    if (reason === 'stalled' && !this.#sent.has('stall'))
      this.#post('stall', `stalls: ${name}: ${message}`, about);
    if (settlement.type === 'failed' && !this.#sent.has('first failure'))
      this.#post('first failure', `has its first failed task: ${name}: ${message}`, about);
  }

  #post(event: NotifiedEvent, text: string, fields: object): void {
    const { sweep, urls, now } = this.#options;
    this.#sent.add(event);
    const host = hostname();
    const notification: Notification = {
      text: `vae-sweep: ${sweep} on ${host} ${text}`,
      ...{ event, sweep, host, time: now().toISOString() },
      ...fields,
    };
    this.#deliveries = urls.map(async (url, index) => {
      await this.#deliveries[index];
      await this.#deliver(url, notification);
    });
  }

  async #deliver(url: URL, notification: Notification): Promise<void> {
    const { retryAfterMs, print } = this.#options;
    let problem: string | null = null;
    for (const waitMs of [0, ...retryAfterMs]) {
      await delay(waitMs, undefined, { signal: this.#giveUp.signal }).catch(() => undefined);
      if (this.#giveUp.signal.aborted) return;
      const { isFinal, ...attempt } = await this.#attempt(url, notification);
      problem = attempt.problem;
      if (isFinal) break;
    }
    // The path of a webhook's URL is a secret.
    if (problem !== null && !this.#named.has(url)) print(`--notify: ${url.origin}: ${problem}`);
    if (problem !== null) this.#named.add(url);
  }

  /** @returns the problem, or null, and whether another attempt would not help */
  async #attempt(
    url: URL,
    notification: Notification,
  ): Promise<{ problem: string | null; isFinal: boolean }> {
    try {
      const { status, body } = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(notification),
        redirect: 'manual',
        signal: AbortSignal.any([this.#giveUp.signal, AbortSignal.timeout(this.#options.timeoutMs)]),
      });
      await body?.cancel();
      if (status >= 200 && status < 300) return { problem: null, isFinal: true };
      return { problem: `answered with status ${status}`, isFinal: status !== 429 && status < 500 };
    } catch (error) {
      // Only the causes that `fetch` names are shown, because its own messages can contain the URL.
      const { cause, name } = error instanceof Error ? error : new Error();
      const problem =
        cause instanceof Error ? cause.message : name === 'TimeoutError' ? 'no answer' : 'no connection';
      return { problem, isFinal: false };
    }
  }
}
