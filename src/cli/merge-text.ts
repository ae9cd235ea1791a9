import path from 'node:path';
import type { MergedAnnotations } from '../store/annotations.js';
import type { Merged } from '../store/merge.js';
import { stepsOf } from '../task/cost.js';
import { countStates } from '../task/states.js';
import { formatBytes, formatCount } from '../units.js';
import { grid } from './grid.js';
import { stateText } from './ls-text.js';

/** More take the table's library seconds. */
const MAX_ROWS = 1_000;
const MAX_PROBLEMS = 100;

interface Asked {
  readonly from: readonly string[];
  readonly out: string;
  readonly dryRun: boolean;
  readonly interrupted: boolean;
}

/** What was copied, or would be, what is there already, and what can't be. */
export function mergeText(merged: readonly Merged[], { from, out, dryRun, interrupted }: Asked): string {
  const copied = of(merged, 'copy');
  const stores = `${formatCount(from.length)} ${from.length === 1 ? 'store' : 'stores'} into ${path.resolve(out)}`;
  const there = of(merged, 'present').length;
  const empty = of(merged, 'not started').length;
  const counts = [
    `${taskCount(copied)}${dryRun ? ' to copy' : ' copied'}${contents(copied)}`,
    ...(there === 0 ? [] : [`${formatCount(there)} already there`]),
    ...(empty === 0 ? [] : [`${formatCount(empty)} pending`]),
  ];
  return [
    dryRun ? copyTable(copied) : '',
    `${dryRun ? 'Would merge' : 'Merged'} ${stores}: ${counts.join(', ')}.\n`,
    ...problemLists(merged, out),
    dryRun ? 'Dry run: nothing written.\n' : '',
    interrupted ? 'Interrupted. Run the same command to resume.\n' : '',
  ].join('');
}

/** What was merged of tags and notes; empty if nothing was. */
export function annotationsText({ changed, problems }: MergedAnnotations, dryRun: boolean): string {
  const count = `${formatCount(changed)} ${changed === 1 ? 'task or sweep' : 'tasks or sweeps'}`;
  return [
    changed === 0 ? '' : `Tags and notes ${dryRun ? 'to merge' : 'merged'}: of ${count}.\n`,
    ...problems.map((problem) => `Tags and notes not merged: ${problem}\n`),
  ].join('');
}

/** Whether a user has to look at it. */
export function isProblem({ decision }: Merged): boolean {
  return ['conflict', 'corrupt', 'blocked'].includes(decision.type);
}

function problemLists(merged: readonly Merged[], out: string): string[] {
  return [
    list(
      `Conflicts: both stores have finished the task, with different contents; ${out} keeps its own`,
      of(merged, 'conflict'),
      'Run vae-sweep verify FILE --retrain N to see which result this machine computes, and delete the other with vae-sweep rm.',
    ),
    list(
      'Corrupt, not copied',
      of(merged, 'corrupt'),
      'To execute them again, run vae-sweep run FILE --retrain-corrupt --out FROM, or run FILE --bucket FROM.',
    ),
    list(
      `Not copied, because the copies in ${out} are corrupt`,
      of(merged, 'blocked'),
      `Delete them with vae-sweep rm NAME --yes --out ${out}, then merge again.`,
    ),
  ];
}

function list(heading: string, items: readonly Merged[], advice: string): string {
  if (items.length === 0) return '';
  const lines = items
    .slice(0, MAX_PROBLEMS)
    .map((item) => `  ${item.from.replace(/\/+$/, '')}/tasks/${item.name}: ${problemText(item)}\n`);
  const more = items.length - lines.length;
  if (more > 0) lines.push(`  ... and ${formatCount(more)} more\n`);
  return `${heading} (${formatCount(items.length)}):\n${lines.join('')}  ${advice}\n`;
}

function problemText({ decision }: Merged): string {
  if (decision.type === 'conflict') return `other ${decision.differing.join(', ')}`;
  return 'problem' in decision ? decision.problem : decision.type;
}

function copyTable(copied: readonly Merged[]): string {
  if (copied.length === 0) return '';
  const rows = copied
    .slice(0, MAX_ROWS)
    .map(({ name, from, task, state, bytes }) => [
      name,
      from,
      task === null ? '' : stateText(state, stepsOf(task.settings)),
      formatBytes(bytes),
    ]);
  const more = copied.length - rows.length;
  const rest = more === 0 ? '' : `... and ${formatCount(more)} more\n`;
  return `${grid(['name', 'from', 'state', 'size'], rows)}${rest}`;
}

/** For example ` (10 done, 1 interrupted; 1.36 MB)`. */
function contents(copied: readonly Merged[]): string {
  if (copied.length === 0) return '';
  const bytes = copied.reduce((sum, item) => sum + item.bytes, 0);
  return ` (${countStates(copied.map(({ state }) => state.state))}; ${formatBytes(bytes)})`;
}

function of(merged: readonly Merged[], type: Merged['decision']['type']): Merged[] {
  return merged.filter(({ decision }) => decision.type === type);
}

function taskCount(merged: readonly Merged[]): string {
  return `${formatCount(merged.length)} ${merged.length === 1 ? 'task' : 'tasks'}`;
}
