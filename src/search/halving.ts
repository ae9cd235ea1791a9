import { mean, sum } from 'simple-statistics';

/** Whether the smallest or the largest value of a metric is the best. */
export type Goal = 'min' | 'max';

/** How much each rung of successive halving gives to its candidates, for example in steps. */
export interface HalvingBudgets {
  /** Smallest budget of a candidate. */
  readonly min: number;
  /** Budget of the top rung. */
  readonly max: number;
  /** Ratio between two rungs' budgets, and between their numbers of candidates. At least 2. */
  readonly factor: number;
}

/** A rung, as planned: the worst case, in which no candidate fails. */
export interface PlannedRung {
  readonly budget: number;
  readonly candidates: number;
  /** What each candidate still has to do, because it continues from the rung below. */
  readonly added: number;
}

/** The results of a candidate in a rung. */
export interface CandidateResult {
  readonly id: string;
  /** The metric of each seed; null for a task that failed for good. Values that are not finite count as failures. */
  readonly values: readonly (number | null)[];
}

export interface RankedCandidate extends CandidateResult {
  /** Mean over seeds; null if a seed failed. */
  readonly mean: number | null;
  readonly isPromoted: boolean;
}

/**
 * Returns the budgets of the rungs, from the lowest: the top rung has `max`, each rung below has `1 / factor` of the next,
 * rounded, and the lowest has at least `min` (K. Jamieson and A. Talwalkar, "Non-stochastic best arm identification and hyperparameter
 * optimization", 2016).
 */
export function rungBudgets({ min, max, factor }: HalvingBudgets): number[] {
  const budgets = [max];
  for (let divisor = factor; max / divisor >= min; divisor *= factor)
    budgets.unshift(Math.round(max / divisor));
  return budgets;
}

/**
 * Returns the rungs of this many candidates in the worst case.
 * @param budgets the budgets of the rungs, from the lowest
 */
export function planHalving(budgets: readonly number[], factor: number, candidates: number): PlannedRung[] {
  let remaining = candidates;
  return budgets.map((budget, rung) => {
    if (rung > 0) remaining = promotedCount(remaining, factor);
    return { budget, candidates: remaining, added: budget - (budgets[rung - 1] ?? 0) };
  });
}

/**
 * Divides candidates among the brackets of Hyperband. The first bracket starts at the lowest of `rungs` rungs, and each further bracket
 * one rung higher. A bracket of r rungs gets a share in proportion to factor^(r - 1) / r, so that all brackets do about the same work
 * (L. Li et al., "Hyperband: a novel bandit-based approach to hyperparameter optimization", 2018, Algorithm 1). Neighbors go to
 * different brackets, because in a grid they have similar settings. More candidates do not change the brackets of earlier ones.
 *
 * @returns the bracket of each candidate, from 0
 */
export function assignBrackets(
  { factor, brackets }: { readonly factor: number; readonly brackets: number },
  rungs: number,
  candidates: number,
): number[] {
  const weights = Array.from({ length: brackets }, (_, i) => product(factor, rungs - i - 1) / (rungs - i));
  const total = sum(weights);
  const sizes = weights.map(() => 0);
  return Array.from({ length: candidates }, (_, candidate) => {
    const missing = weights.map((weight, i) => (weight * (candidate + 1)) / total - (sizes[i] ?? 0));
    const bracket = missing.indexOf(Math.max(...missing));
    sizes[bracket] = (sizes[bracket] ?? 0) + 1;
    return bracket;
  });
}

/** Computes base^exponent by multiplications, because the last digits of `**` may differ between machines. */
function product(base: number, exponent: number): number {
  return Array.from({ length: exponent }, () => base).reduce((power, factor) => power * factor, 1);
}

/** Returns how many of these candidates a rung promotes if none has failed. */
export function promotedCount(candidates: number, factor: number): number {
  return candidates === 0 ? 0 : Math.max(1, Math.floor(candidates / factor));
}

/**
 * Ranks the candidates of a rung whose tasks have all ended, and promotes the best. The order is: candidates without a failed seed, by
 * their mean; equal means in the order of `results`; then candidates with a failed seed, in the order of `results`. The latter are never
 * promoted, because a mean over fewer seeds is not comparable, so that a rung may promote fewer candidates than planned.
 *
 * @param results in the order of the sweep; the decision is a function of this argument and of the definition
 */
export function decideRung(
  { goal, factor }: { readonly goal: Goal; readonly factor: number },
  results: readonly CandidateResult[],
): RankedCandidate[] {
  const places = promotedCount(results.length, factor);
  return rankCandidates(goal, results).map((candidate, place) => ({
    ...candidate,
    isPromoted: place < places && candidate.mean !== null,
  }));
}

/** Returns the candidates in the order of `decideRung`, without promoting any. */
export function rankCandidates(goal: Goal, results: readonly CandidateResult[]): RankedCandidate[] {
  const sign = goal === 'min' ? 1 : -1;
  const ranked = results.map(({ id, values }) => ({ id, values, mean: meanOf(values), isPromoted: false }));
  // The sort is stable, so that ties keep their order.
  return ranked.sort((a, b) =>
    compare(a.mean === null ? null : sign * a.mean, b.mean === null ? null : sign * b.mean),
  );
}

function meanOf(values: readonly (number | null)[]): number | null {
  const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  return finite.length < values.length || finite.length === 0 ? null : mean(finite);
}

function compare(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a - b;
}
