import { bisect, gammaln } from 'simple-statistics';

/** Terms of the Poisson distribution beyond this many standard deviations are below 1e-15. */
const POISSON_DEVIATIONS = 9;
const MAX_FRACTIONS = 10_000;
const MAX_BISECTIONS = 200;
const PRECISION = 1e-15;

/**
 * Returns the 95% interval of the share of variance that k groups of n normal values explain, from the correlation ratio
 * eta^2 = SSB / SST of the sample: lambda / (lambda + n), where lambda is the noncentrality at which the noncentral F distribution with
 * k - 1 and n - k degrees of freedom has the share 0.975 or 0.025 below F = eta^2 / (1 - eta^2) (n - k) / (k - 1). A bound is 0 if there
 * is no such lambda (J. H. Steiger, "Beyond the F test", Psychological Methods 9 (2004)).
 *
 * @param ratio eta^2
 */
export function noncentralityInterval(
  ratio: number,
  k: number,
  n: number,
): { readonly low: number; readonly high: number } {
  if (ratio === 1) return { low: 1, high: 1 };
  const bound = (share: number) => {
    const lambda = noncentralityAt(share, ratio, k - 1, n - k);
    return lambda / (lambda + n);
  };
  return { low: bound(0.975), high: bound(0.025) };
}

/** Returns the noncentrality at which the distribution function has this value; 0 if it is smaller at every noncentrality. */
function noncentralityAt(share: number, ratio: number, d1: number, d2: number): number {
  const excess = (lambda: number) => noncentralFShare(ratio, d1, d2, lambda) - share;
  if (excess(0) <= 0) return 0;
  let high = 1;
  while (excess(high) > 0) high *= 2;
  return bisect(excess, 0, high, MAX_BISECTIONS, high * 1e-9);
}

/**
 * Distribution function of the noncentral F distribution as a Poisson mixture of regularized incomplete beta functions:
 * sum over j of e^(-lambda/2) (lambda/2)^j / j! I_x(d1/2 + j, d2/2), where x = d1 F / (d1 F + d2)
 * (N. L. Johnson, S. Kotz and N. Balakrishnan, "Continuous univariate distributions", volume 2, 1995, equation 30.12).
 */
function noncentralFShare(x: number, d1: number, d2: number, lambda: number): number {
  const mean = lambda / 2;
  if (mean === 0) return incompleteBeta(x, d1 / 2, d2 / 2);
  const reach = POISSON_DEVIATIONS * Math.sqrt(mean) + 2 * POISSON_DEVIATIONS;
  let share = 0;
  for (let j = Math.max(0, Math.floor(mean - reach)); j <= mean + reach; j++) {
    const weight = Math.exp(j * Math.log(mean) - mean - gammaln(j + 1));
    share += weight * incompleteBeta(x, d1 / 2 + j, d2 / 2);
  }
  return share;
}

/** Regularized incomplete beta function I_x(a, b), by the continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only on this side of the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  // Lentz's algorithm: the fraction is a product of ratios of its numerators and denominators.
  let [fraction, numerator, denominator] = [1, 1, 0];
  for (let m = 0; m < MAX_FRACTIONS; m++) {
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const even = ((m + 1) * (b - m - 1) * x) / ((a + 2 * m + 1) * (a + 2 * m + 2));
    const before = fraction;
    for (const term of [odd, even]) {
      denominator = 1 / (1 + term * denominator);
      numerator = 1 + term / numerator;
      fraction *= numerator * denominator;
    }
    if (Math.abs(fraction / before - 1) < PRECISION) break;
  }
  return front / fraction;
}
