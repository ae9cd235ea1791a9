import { isCollapsed } from '../../vae/collapse.js';
import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { settingText } from '../../../task/settings.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { isShort } from '../tables/printed-runs.js';
import { countTasks, formatNumber } from '../../../report/tables/format.js';
import type { Claim, ClaimText, Outcome, Verdict } from './claim.js';

/**
 * The part of the tasks that must agree with a claim that the paper limits by "tend to" or "almost always". It was chosen when the
 * results of most tasks were known (docs/reproduction.md).
 */
const MOST = 0.8;

export const IN_MOST = `in at least ${100 * MOST}% of the tasks, a share chosen after the results`;
/** For a claim about an example, or that something can be. */
export const IN_ONE = 'in at least one of the tasks';

/** A claim with a test that is applied to each task on its own. */
export interface TaskClaim extends ClaimText {
  /** Whether the claim is about tasks with these settings. */
  appliesTo(settings: TrainingSettings): boolean;
  /** Returns the finding for one task; null if the task has too few evaluations for the test. */
  check(run: TrainingRun): Finding | null;
  /** How many tasks must agree: all, at least `MOST` of them, or one. Default: all. */
  readonly needs?: 'all' | 'most' | 'one';
  /** Returns numbers that explain why a task disagrees. */
  explain?(run: TrainingRun): string;
  /** Whether the claim is judged by a part of the sweep. Default: whether the part reproduces a table of the paper. */
  readonly isEvidence?: (part: TrainingRuns['part']) => boolean;
  /** Whether a task is too short for the test. Default: whether it has fewer steps than in the paper. */
  readonly isTooShort?: (settings: TrainingSettings) => boolean;
}

/** The finding for one task: whether it agrees with the claim, and the number that decides. */
export interface Finding {
  readonly holds: boolean;
  readonly value: number;
}

type FoundRun = Finding & { readonly run: TrainingRun };

/** Returns the claim, judged by each finished task to which it applies. */
export function taskClaim(definition: TaskClaim): Claim {
  const { name, statement, source, test } = definition;
  const text = { name, statement, source, test };
  return { ...text, judge: (parts) => judge(definition, text, parts) };
}

/**
 * If all tasks must agree, a single one that disagrees refutes the claim, and it holds only if every requested task is finished and
 * agrees. Tasks that are too short decide nothing.
 */
function judge(claim: TaskClaim, text: ClaimText, parts: readonly TrainingRuns[]): Verdict | null {
  const isEvidence = claim.isEvidence ?? (({ table }) => table !== null);
  const evidence = parts.filter(({ part }) => isEvidence(part));
  const requested = evidence
    .flatMap(({ part }) => part.tasks)
    .filter(({ settings }) => claim.appliesTo(settings));
  if (requested.length === 0) return null;
  const runs = evidence.flatMap((part) => part.runs).filter(({ task }) => claim.appliesTo(task.settings));
  const isTooShort = claim.isTooShort ?? isShort;
  const found = runs.flatMap((run): FoundRun[] => {
    const finding = claim.check(run);
    return finding === null ? [] : [{ run, ...finding }];
  });
  const exceptions = found.filter(({ holds }) => !holds);
  const agreeing = found.length - exceptions.length;
  const counts = {
    agreeing,
    disagreeing: exceptions.length,
    tooFew: runs.length - found.length,
    missing: requested.length - runs.length,
  };
  return {
    claim: text,
    outcome: requested.some(({ settings }) => isTooShort(settings))
      ? 'not judged: too few steps'
      : outcomeOf(counts, claim.needs ?? 'all'),
    detail: detailOf(found, exceptions, counts.tooFew),
    exceptions: exceptions.map(({ run, value }) => describe(run, value, claim.explain?.(run))),
    agreeing,
    finished: runs.length,
    requested: requested.length,
  };
}

interface Counts {
  readonly agreeing: number;
  readonly disagreeing: number;
  readonly tooFew: number;
  readonly missing: number;
}

function outcomeOf(
  { agreeing, disagreeing, tooFew, missing }: Counts,
  needs: 'all' | 'most' | 'one',
): Outcome {
  const undecided = tooFew + missing;
  const requested = agreeing + disagreeing + undecided;
  const needed = { all: requested, most: MOST * requested, one: 1 }[needs];
  if (agreeing + undecided < needed) return 'does not hold';
  if (undecided === 0 || (needs === 'one' && agreeing > 0)) return 'holds';
  return tooFew > 0 ? 'not judged: too few evaluations' : 'not judged: not enough tasks';
}

function detailOf(found: readonly FoundRun[], exceptions: readonly FoundRun[], tooFew: number): string {
  const few = tooFew === 0 ? '' : `${tooFew} ${tooFew === 1 ? 'task has' : 'tasks have'} too few evaluations`;
  if (found.length === 0) return few || 'no task has finished';
  const values = found.map(({ value }) => value);
  const range = `values from ${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))}`;
  const collapsed = exceptions.filter(({ run }) => isCollapsed(run)).length;
  const why = collapsed === 0 ? '' : `; ${collapsed} of the ${exceptions.length} that do not are collapsed`;
  const agree = `${countTasks(found.length - exceptions.length, found.length)} agree${why}; ${range}`;
  return few === '' ? agree : `${agree}; ${few}`;
}

function describe(run: TrainingRun, value: number, explanation = ''): string {
  const collapsed = isCollapsed(run) ? ' (collapsed)' : '';
  const explained = explanation === '' ? '' : ` (${explanation})`;
  return `${nameOf(run)}: ${formatNumber(value)}${collapsed}${explained}`;
}

/** Returns, for example, `sphere 2-16-8 at e^-4, seed 69`. */
function nameOf({ task: { settings } }: TrainingRun): string {
  const { experiment, decoderLogVarianceThreshold: threshold, seed, initialKernelScale } = settings;
  const clipped = threshold === null ? '' : ` at ${formatThreshold(threshold)}`;
  const scaled = initialKernelScale === undefined ? '' : `, initial scale ${initialKernelScale}`;
  return `${experiment} ${settingText(settings, 'dimensions')}${clipped}${scaled}, seed ${seed}`;
}
