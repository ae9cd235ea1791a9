import { createInterface } from 'node:readline';
import { defaultRunOptions } from '../run/defaults.js';
import type { RunOptions } from '../run/run-sweep.js';
import { inspectTask, type Damage } from '../store/damage.js';
import { acquireStoreLock } from '../store/lock.js';
import type { Sweep } from '../sweep/load.js';
import { formatCount, formatDuration } from '../units.js';
import { runOutput } from './run-output.js';
import { onStopRequest } from './stop-request.js';

export interface RepairArguments {
  readonly out: string;
  readonly workers: number;
  /** Whether to execute tasks again without asking. */
  readonly yes: boolean;
}

/**
 * Restores what follows from intact files, and then, if the user agrees, executes the other damaged tasks again.
 * @returns the damage that remains, or null if a stop was requested
 */
export async function repair(
  sweep: Sweep,
  damages: readonly Damage[],
  { out, workers, yes }: RepairArguments,
): Promise<readonly Damage[] | null> {
  const { executeAgain, executionMs, restoreRecords, restoreSamples } = await import('../run/repair.js');
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(reason);
  });
  const options: RunOptions = {
    ...defaultRunOptions(),
    outDir: out,
    workers,
    signal: stop.signal,
    output: runOutput(process.stderr),
  };
  const remaining = (): Damage[] => damages.flatMap(({ task }) => inspectTask(out, task).damage ?? []);
  try {
    const lock = await acquireStoreLock(out, {
      signal: stop.signal,
      onWait: (line) => process.stderr.write(`${line}\n`),
    });
    const signal = AbortSignal.any([stop.signal, lock.lost]);
    try {
      await restoreRecords(out, damages, signal);
      const samples = damages.filter(({ remedy }) => remedy === 'samples').map(({ task }) => task);
      if (samples.length > 0) await restoreSamples(sweep, samples, { ...options, signal });
    } catch (error) {
      // Another process may be writing to the store. The reason names it.
      lock.lost.throwIfAborted();
      if (!stop.signal.aborted) throw error;
    } finally {
      await lock.release();
    }
    const left = remaining();
    const names = new Set(left.map(({ task }) => task.name));
    const restored = damages.filter(({ task }) => !names.has(task.name));
    process.stdout.write(damageText('Repaired', restored));
    if (stop.signal.aborted) return null;
    if (left.length === 0) return left;
    const tasks = left.map(({ task }) => task);
    const time = formatDuration(executionMs(sweep, tasks, options));
    process.stdout.write(
      `${damageText('Only executing them again restores', left)}  This takes about ${time} on ${workersText(workers)}.\n`,
    );
    const answer = yes || (await isConfirmed(stop.signal));
    if (answer === null) return null;
    if (!answer) return left;
    const { interrupted, failed } = await executeAgain(sweep, tasks, options);
    if (interrupted) return null;
    const failures = failed.map(({ task, failure }): Damage => {
      return { task, problem: failure.message, remedy: 'execution' };
    });
    const unrestored = [...remaining(), ...failures];
    process.stdout.write(damageText('Not restored', unrestored));
    return unrestored;
  } finally {
    removeHandlers();
  }
}

/** Returns a heading and one line per damage; empty if there is none. */
export function damageText(heading: string, damages: readonly Damage[]): string {
  if (damages.length === 0) return '';
  const lines = damages.map(({ task, problem }) => `  ${task.name}: ${problem}\n`);
  return `${heading} (${formatCount(damages.length)}):\n${lines.join('')}`;
}

/**
 * Asks on a terminal. Elsewhere nobody can answer, so the answer is no.
 * @param signal withdraws the question
 * @returns null if it was withdrawn
 */
async function isConfirmed(signal: AbortSignal): Promise<boolean | null> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stdout.write('  Nothing was executed. Pass --yes to execute these tasks again.\n');
    return false;
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout, signal });
  return new Promise((resolve) => {
    // The prompt reads Ctrl-C as a character, and would only close.
    prompt.once('SIGINT', () => {
      process.kill(process.pid, 'SIGINT');
    });
    // Ctrl-D closes the prompt without an answer.
    prompt.once('close', () => {
      resolve(signal.aborted ? null : false);
    });
    prompt.question('Execute them again now? [y/N] ', (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      prompt.close();
    });
  });
}

function workersText(workers: number): string {
  return `${formatCount(workers)} ${workers === 1 ? 'worker' : 'workers'}`;
}
