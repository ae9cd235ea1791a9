/** The integrand is below 1e-31 beyond this many standard deviations. */
const RANGE = 12;
const STEP = 0.01;

/**
 * Returns Var sigma(s g) for g ~ N(0, 1), which is Var sigma(<a*, z>) for |a*| = s and z ~ N(0, I). The mean is 1/2 by symmetry, so it is
 * E (sigma(s g) - 1/2)^2 = E tanh(s g / 2)^2 / 4. The trapezoidal rule converges exponentially for this integrand.
 */
export function sigmoidVariance(scale: number): number {
  let sum = 0;
  for (let index = -RANGE / STEP; index <= RANGE / STEP; index++) {
    const g = index * STEP;
    sum += Math.tanh((scale * g) / 2) ** 2 * Math.exp((-g * g) / 2);
  }
  return (sum * STEP) / (4 * Math.sqrt(2 * Math.PI));
}
