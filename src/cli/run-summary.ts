import path from 'node:path';
import { FINAL_REASONS, type TaskFailure } from '../task/outcome.js';
import type { RunResult } from '../run/run-sweep.js';

/** What failed, what is corrupt, what to do about it, and where the results lie. */
export function summaryText({ failed, corrupt, interrupted, logFile }: RunResult, outDir: string): string {
  const lines: string[] = [];
  if (failed.length > 0) {
    lines.push(`Failed (${failed.length}):`);
    for (const { task, failure } of failed) lines.push(`  ${task.name}: ${failure.message}`);
    lines.push(...adviceOnFailures(failed.map(({ failure }) => failure.reason)));
  }
  if (corrupt.length > 0) {
    lines.push(`Corrupt, not executed (${corrupt.length}):`);
    for (const { task, problem } of corrupt) lines.push(`  ${task.name}: ${problem}`);
    lines.push('  --retrain-corrupt sets these folders aside and executes the tasks again.');
  }
  if (interrupted) lines.push('Interrupted. Run the same command to resume.');
  lines.push(`Arrow logs: ${path.resolve(outDir, 'tasks')}`, `Run log:    ${logFile}`);
  return `${lines.join('\n')}\n`;
}

function adviceOnFailures(reasons: readonly TaskFailure['reason'][]): string[] {
  const others = reasons.filter((reason) => !FINAL_REASONS.includes(reason)).length;
  const advice: string[] = [];
  if (others > 0)
    advice.push(`  Run the same command to retry ${others === reasons.length ? 'them' : 'the others'}.`);
  if (reasons.includes('diverged'))
    advice.unshift('  The same settings diverge again; pass --retry-diverged to execute these tasks anyway.');
  if (reasons.includes('permanent'))
    advice.unshift('  A program failed for good; pass --retry-diverged to execute these tasks anyway.');
  return advice;
}
