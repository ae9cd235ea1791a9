import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { isShort } from '../tables/printed-runs.js';
import { formatNumber } from '../../../report/tables/format.js';
import type { Claim, ClaimText, Outcome, Verdict } from './claim.js';

/** log eps^2 of the bound; null for tasks without clipping. */
export type Threshold = number | null;

/** A claim about how one setting of the dimensions changes with the threshold. Each threshold needs all of its requested tasks. */
export interface ThresholdClaim extends ClaimText {
  appliesTo(settings: TrainingSettings): boolean;
  /** The thresholds that are compared, in the order in which the numbers are shown. */
  readonly thresholds: readonly Threshold[];
  /** What the numbers are, for example `manifold error`. */
  readonly quantity: string;
  /** Computes the number of one threshold from its tasks. @param all the tasks of each threshold */
  numberOf(runs: readonly TrainingRun[], all: RunsByThreshold): number;
  /** @param numbers one per threshold */
  holds(numbers: readonly number[]): boolean;
}

export type RunsByThreshold = ReadonlyMap<Threshold, readonly TrainingRun[]>;

export function thresholdClaim(definition: ThresholdClaim): Claim {
  const { name, statement, source, test } = definition;
  const text = { name, statement, source, test };
  return { ...text, judge: (parts) => judge(definition, text, parts) };
}

function judge(claim: ThresholdClaim, text: ClaimText, parts: readonly TrainingRuns[]): Verdict | null {
  const isCompared = ({ settings }: TrainingRun['task']) =>
    claim.appliesTo(settings) && claim.thresholds.includes(settings.decoderLogVarianceThreshold);
  const reproducing = parts.filter(({ part }) => part.table !== null);
  const requested = reproducing.flatMap(({ part }) => part.tasks).filter(isCompared);
  if (!requested.some(({ settings }) => settings.decoderLogVarianceThreshold !== null)) return null;
  const runs = reproducing.flatMap((part) => part.runs).filter(({ task }) => isCompared(task));
  const all = new Map(
    claim.thresholds.map((threshold) => [
      threshold,
      runs.filter(({ task }) => task.settings.decoderLogVarianceThreshold === threshold),
    ]),
  );
  const absent = claim.thresholds.filter((threshold) => all.get(threshold)?.length === 0);
  const isComplete = absent.length === 0 && runs.length === requested.length;
  const numbers = absent.length > 0 ? [] : [...all.values()].map((group) => claim.numberOf(group, all));
  const holds = isComplete && claim.holds(numbers);
  const outcome: Outcome = requested.some(({ settings }) => isShort(settings))
    ? 'not judged: too few steps'
    : !isComplete
      ? 'not judged: not enough tasks'
      : holds
        ? 'holds'
        : 'does not hold';
  const shown = claim.thresholds.map(
    (threshold, index) => `${formatNumber(numbers[index] ?? null)} ${nameOf(threshold)}`,
  );
  return {
    claim: text,
    outcome,
    detail:
      absent.length > 0
        ? `no task has finished ${absent.map(nameOf).join(', ')}`
        : `${claim.quantity} ${shown.join(', ')}`,
    exceptions: [],
    agreeing: holds ? runs.length : 0,
    finished: runs.length,
    requested: requested.length,
  };
}

function nameOf(threshold: Threshold): string {
  return threshold === null ? 'unclipped' : `at ${formatThreshold(threshold)}`;
}
