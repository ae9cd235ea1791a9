import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Report, Totals } from './worker.js';

export interface Range {
  readonly first: number;
  readonly seeds: number;
  /** The number of processes that share the seeds. */
  readonly jobs: number;
}

export type Failure = Extract<Report, { type: 'failed' }>;

export interface Finding extends Totals {
  /** The first violation; null if there is none. */
  readonly failure: Failure | null;
}

/** Simulates the seeds of a range until one fails. @param onProgress called with the totals so far */
export async function simulateMany(
  { first, seeds, jobs }: Range,
  onProgress: (totals: Totals) => void = () => undefined,
): Promise<Finding> {
  let totals: Totals = { seeds: 0, events: 0, operations: 0, simulatedMs: 0 };
  let failure: Failure | null = null;
  const children = new Set<ChildProcess>();
  const receive = (report: Report): void => {
    if (report.type === 'failed') {
      failure ??= report;
      for (const child of children) child.kill();
    } else {
      totals = {
        seeds: totals.seeds + report.seeds,
        events: totals.events + report.events,
        operations: totals.operations + report.operations,
        simulatedMs: totals.simulatedMs + report.simulatedMs,
      };
      onProgress(totals);
    }
  };
  const share = async (job: number): Promise<void> => {
    const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
    const child = fork(worker, [first + job, seeds - job, jobs].map(String), { execArgv: [] });
    child.on('message', (report) => {
      receive(report as Report);
    });
    children.add(child);
    const [code] = (await once(child, 'exit')) as [number | null];
    children.delete(child);
    if (code !== 0 && failure === null)
      throw new Error(`A process that simulates exited with ${String(code)}.`);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, seeds) }, async (_, job) => share(job)));
  return { ...totals, failure };
}
