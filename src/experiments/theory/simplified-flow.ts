import { Matrix } from 'ml-matrix';
import { flowDerivative } from './flow-derivative.js';
import { integrate, type OdeEnd, type OdeOptions } from './ode.js';
import type { LinearVae, SimplifiedVae } from './linear-vae.js';
import { optimalEncoderVariance } from './simplified-loss.js';

/** A point of a path. In a flow of L1, D~ is that of Lemma 3. */
export interface PathPoint {
  readonly time: number;
  readonly vae: LinearVae;
}

/**
 * Follows the gradient flow of L1, Eq. (1): d/dt (A~, B~, eps~) = -grad L1(A~, B~, eps~). Yields a point after every step of the solver.
 *
 * The solver uses log eps~ instead of eps~, d log eps~/dt = -(dL1/deps~) / eps~. That is the same flow, but trial steps cannot leave
 * eps~ > 0. Towards an optimum with L1 -> -infinity, eps~^2 falls about linearly and reaches 0 in finite time. The steps shrink with it,
 * so the caller has to stop.
 *
 * @param truth A, [d, r*]
 */
export function* simplifiedFlow(
  truth: Matrix,
  start: SimplifiedVae,
  endTime: number,
  options: OdeOptions,
): Generator<PathPoint, OdeEnd, undefined> {
  const { decoder, encoder, decoderDeviation } = start;
  const size = decoder.rows * decoder.columns;
  const moved = Array.from({ length: decoder.columns * truth.columns }, () => 0);
  const initial = [...decoder.to1DArray(), ...moved, Math.log(decoderDeviation)];
  const steps = integrate(flowDerivative(truth, encoder), initial, endTime, options);
  const vaeAt = (values: readonly number[]): SimplifiedVae => ({
    decoder: Matrix.from1DArray(decoder.rows, decoder.columns, values.slice(0, size)),
    encoder: Matrix.from1DArray(decoder.columns, truth.columns, values.slice(size, -1))
      .mmul(truth.transpose())
      .add(encoder),
    decoderDeviation: Math.exp(values.at(-1) ?? NaN),
  });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const vae = vaeAt([...step.value.values]);
    yield { time: step.value.time, vae: { ...vae, encoderVariance: optimalEncoderVariance(vae) } };
  }
}
