import { isCollapsed } from '../../vae/collapse.js';
import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { settingText } from '../../../task/settings.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { isShort } from '../tables/printed-runs.js';
import { countTasks, formatNumber } from '../../../report/tables/format.js';

/** A claim that the text of the paper makes about its experiments, with a test that is applied to each task. */
export interface Claim {
  readonly name: string;
  /** The claim of the paper. */
  readonly statement: string;
  /** The section, table or figure with the claim. */
  readonly source: string;
  /** The tested condition, with its threshold. */
  readonly test: string;
  /** Whether the claim is about tasks with these settings. */
  appliesTo(settings: TrainingSettings): boolean;
  check(run: TrainingRun): Finding;
}

/** The finding for one task: whether it agrees with the claim, and the number that decides. */
export interface Finding {
  readonly holds: boolean;
  readonly value: number;
}

export type Outcome = 'holds' | 'does not hold' | 'not enough tasks' | 'too few steps';

export interface Verdict {
  readonly claim: Claim;
  readonly outcome: Outcome;
  /** For example `51 of 54 tasks agree; values from 0.001 to 0.2`. */
  readonly detail: string;
  /** The tasks that disagree, for example `sphere 4-21-16, seed 69: 0 (collapsed)`. */
  readonly exceptions: readonly string[];
  readonly agreeing: number;
  readonly finished: number;
  readonly requested: number;
}

/**
 * Judges a claim by the tasks that reproduce the paper's tables. A single task that disagrees refutes it. It holds only if every requested
 * task is finished and agrees. Tasks with fewer steps than in the paper decide nothing.
 * @returns null if the sweep has no such tasks
 */
export function judge(claim: Claim, parts: readonly TrainingRuns[]): Verdict | null {
  const reproducing = parts.filter(({ part }) => part.table !== null);
  const requested = reproducing
    .flatMap(({ part }) => part.tasks)
    .filter(({ settings }) => claim.appliesTo(settings));
  if (requested.length === 0) return null;
  const runs = reproducing.flatMap((part) => part.runs).filter(({ task }) => claim.appliesTo(task.settings));
  const findings = runs.map((run) => ({ run, ...claim.check(run) }));
  const exceptions = findings.filter(({ holds }) => !holds);
  return {
    claim,
    outcome: outcomeOf(requested, findings.length, exceptions.length),
    detail: detailOf(findings, exceptions),
    exceptions: exceptions.map(({ run, value }) => describe(run, value)),
    agreeing: findings.length - exceptions.length,
    finished: findings.length,
    requested: requested.length,
  };
}

function outcomeOf(
  requested: readonly { readonly settings: TrainingSettings }[],
  finished: number,
  exceptions: number,
): Outcome {
  if (requested.some(({ settings }) => isShort(settings))) return 'too few steps';
  if (exceptions > 0) return 'does not hold';
  return finished === requested.length ? 'holds' : 'not enough tasks';
}

function detailOf(
  findings: readonly (Finding & { run: TrainingRun })[],
  exceptions: readonly { readonly run: TrainingRun }[],
): string {
  if (findings.length === 0) return 'no task has finished';
  const values = findings.map(({ value }) => value);
  const range = `values from ${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))}`;
  const collapsed = exceptions.filter(({ run }) => isCollapsed(run)).length;
  const why = collapsed === 0 ? '' : `; ${collapsed} of the ${exceptions.length} that do not are collapsed`;
  return `${countTasks(findings.length - exceptions.length, findings.length)} agree${why}; ${range}`;
}

function describe(run: TrainingRun, value: number): string {
  const { settings } = run.task;
  const { experiment, decoderLogVarianceThreshold: threshold, seed } = settings;
  const clipped = threshold === null ? '' : ` at ${formatThreshold(threshold)}`;
  const dimensions = settingText(settings, 'dimensions');
  const collapsed = isCollapsed(run) ? ' (collapsed)' : '';
  return `${experiment} ${dimensions}${clipped}, seed ${seed}: ${formatNumber(value)}${collapsed}`;
}
