import type { Search } from '../search/stages.js';
import type { StartedTask, Status } from '../run/status.js';
import { searchStatusText } from './search-text.js';
import { NO_ANNOTATION, type Annotation } from '../store/annotations.js';
import { stepsOf } from '../task/cost.js';
import { STATE_LABELS } from '../task/states.js';
import { formatCount, formatDuration } from '../units.js';

/** Maximum number of entries that are shown per list; --json prints all. */
const MAX_SHOWN = 20;

/** The owner of the store, the first line of a run, and the tasks by state. */
export function statusText(
  status: Status,
  now: Date,
  searches: readonly Search[] = [],
  annotation: Annotation = NO_ANNOTATION,
): string {
  const { summary, running, interrupted, failed, corrupt, pending } = status;
  const unfinished = new Set([
    ...[...running, ...interrupted, ...corrupt, ...failed].map(({ task }) => task.id),
    ...pending.map(({ id }) => id),
  ]);
  return [
    `${ownerLine(status, now)}\n${summary}\n`,
    annotation.tags.length === 0 ? '' : `Tags: ${annotation.tags.join(', ')}\n`,
    annotation.note === '' ? '' : `Note: ${annotation.note}\n`,
    searchStatusText(searches, (id) => !unfinished.has(id)),
    list(`${STATE_LABELS.running.word}, at their latest checkpoints`, running.map(stepText)),
    list(STATE_LABELS.interrupted.word, interrupted.map(stepText)),
    list(
      STATE_LABELS.failed.word,
      failed.map(({ task, failure }) => `${task.name}: ${failure.message}`),
    ),
    list(
      `${STATE_LABELS.corrupt.word}, execute them again with run --retrain-corrupt`,
      corrupt.map(({ task, problem }) => `${task.name}: ${problem}`),
    ),
    list(
      STATE_LABELS.new.word,
      pending.map(({ name }) => name),
    ),
  ].join('');
}

export function statusJson(
  status: Status,
  searches: readonly Search[] = [],
  annotation: Annotation = NO_ANNOTATION,
): string {
  const { sweep, outDir, owner, summary, remainingMs, done, failed, corrupt } = status;
  const begun = ({ task: { id, name, settings }, step }: StartedTask) => ({
    id,
    name,
    step,
    steps: stepsOf(settings),
  });
  return `${JSON.stringify(
    {
      name: sweep.name,
      file: sweep.file,
      out: outDir,
      ...annotation,
      owner,
      summary,
      remainingMs,
      done,
      ...(searches.length > 0 && { searches: searches.map(searchJson) }),
      running: status.running.map(begun),
      toContinue: status.interrupted.map(begun),
      failed: failed.map(({ task: { id, name }, failure }) => ({ id, name, ...failure })),
      corrupt: corrupt.map(({ task: { id, name }, problem }) => ({ id, name, problem })),
      toRun: status.pending.map(({ id, name }) => ({ id, name })),
    },
    null,
    1,
  )}\n`;
}

function searchJson({ part, metric, goal, stages, planned }: Search) {
  const known = stages.map(({ name, candidates, ranking }) => ({
    stage: name,
    candidates: candidates.map((tasks) => tasks.map(({ id }) => id)),
    ranking,
  }));
  return { part, metric, goal, stages: known, plannedStages: planned.length };
}

function ownerLine({ owner, outDir }: Status, now: Date): string {
  if (owner === null) return `No active run in ${outDir}.`;
  if (owner.process === null) return `Unknown owner of ${outDir}: ${owner.description}.`;
  if (owner.isAlive === 'unknown')
    return `Last used by ${owner.description}, which may still be active: this machine can't see its processes.`;
  const ms = Math.max(0, now.getTime() - Date.parse(owner.process.startedAt));
  return `In use for ${formatDuration(ms)} by ${owner.description}.`;
}

function stepText({ task: { name, settings }, step }: StartedTask): string {
  const steps = formatCount(stepsOf(settings));
  return step === null ? `${name}: no checkpoint yet` : `${name}: step ${formatCount(step)} of ${steps}`;
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.slice(0, MAX_SHOWN).map((line) => `  ${line}\n`);
  const more = lines.length - shown.length;
  if (more > 0) shown.push(`  ... and ${formatCount(more)} more; --json lists all of them\n`);
  return `${title.charAt(0).toUpperCase()}${title.slice(1)} (${formatCount(lines.length)}):\n${shown.join('')}`;
}
