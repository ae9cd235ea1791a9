import type { Matrix } from 'ml-matrix';
import { descentStep, simplifiedDescentStep } from '../descent.js';
import { loss, lossGradient, squaredNorm, type LinearVae, type SimplifiedVae } from '../linear-vae.js';
import { orthogonalMatrix } from '../random.js';
import { rotate } from '../rotation.js';
import { simplifiedLoss, simplifiedLossGradient } from '../simplified-loss.js';
import { equality, vectorEquality, worst, type Identity } from './identity.js';

const ROUNDING = 1e-11;
const STEPS = 50;

export const lemma4Loss: Identity = {
  statement:
    'Lemma 4: L_A(A~, B~, D~, eps~) = L_UA(U A~, B~ U^T, D~, eps~) for every orthogonal U; the same for L1.',
  tolerance: ROUNDING,
  check(random, { truth, vae }) {
    const turn = orthogonalMatrix(random, truth.rows);
    const turned = rotate(turn, vae);
    return worst([
      equality(loss(turn.mmul(truth), turned), loss(truth, vae)),
      equality(simplifiedLoss(turn.mmul(truth), turned), simplifiedLoss(truth, vae)),
    ]);
  },
};

export const lemma4Gradient: Identity = {
  statement: 'Lemma 4: the gradients of L and L1 turn with x-space, U grad_A~ and (grad_B~) U^T.',
  tolerance: ROUNDING,
  check(random, { truth, vae }) {
    const turn = orthogonalMatrix(random, truth.rows);
    const turnedTruth = turn.mmul(truth);
    const turned = rotate(turn, vae);
    return worst([
      vectorEquality(flat(lossGradient(turnedTruth, turned)), flat(rotate(turn, lossGradient(truth, vae)))),
      vectorEquality(
        flatSimplified(simplifiedLossGradient(turnedTruth, turned)),
        flatSimplified(rotate(turn, simplifiedLossGradient(truth, vae))),
      ),
    ]);
  },
};

export const lemma4Trajectory: Identity = {
  statement: `Lemma 4: ${STEPS} steps of gradient descent on L and L1 turn with x-space.`,
  tolerance: ROUNDING,
  check(random, { truth, vae: drawn }) {
    const turn = orthogonalMatrix(random, truth.rows);
    // With eps~ = 1 and D~ = 1 the norms of the matrices bound the curvature.
    const vae = { ...drawn, decoderDeviation: 1, encoderVariance: drawn.encoderVariance.map(() => 1) };
    const turnedTruth = turn.mmul(truth);
    const stepSize = stableStepSize(truth, vae);
    return worst([
      vectorEquality(
        flat(descendOnL(turnedTruth, rotate(turn, vae), stepSize)),
        flat(rotate(turn, descendOnL(truth, vae, stepSize))),
      ),
      vectorEquality(
        flatSimplified(descendOnL1(turnedTruth, rotate(turn, vae), stepSize)),
        flatSimplified(rotate(turn, descendOnL1(truth, vae, stepSize))),
      ),
    ]);
  },
};

function descendOnL(truth: Matrix, start: LinearVae, stepSize: number): LinearVae {
  let vae = start;
  for (let step = 0; step < STEPS; step++) vae = descentStep(vae, lossGradient(truth, vae), stepSize);
  return vae;
}

function descendOnL1(truth: Matrix, start: SimplifiedVae, stepSize: number): SimplifiedVae {
  let vae = start;
  for (let step = 0; step < STEPS; step++)
    vae = simplifiedDescentStep(vae, simplifiedLossGradient(truth, vae), stepSize);
  return vae;
}

/** Returns a step size with which all steps together change eps~ and D~ by at most 1/2, and A~ and B~ similarly, so rounding stays small. */
function stableStepSize(truth: Matrix, { decoder, encoder }: SimplifiedVae): number {
  const factors = [truth, decoder, encoder].map((matrix) => 1 + squaredNorm(matrix));
  return 0.5 / STEPS / (1 + truth.rows) / factors.reduce((product, factor) => product * factor, 1);
}

function flat(vae: LinearVae): number[] {
  return [...flatSimplified(vae), ...vae.encoderVariance];
}

function flatSimplified({ decoder, encoder, decoderDeviation }: SimplifiedVae): number[] {
  return [...decoder.to1DArray(), ...encoder.to1DArray(), decoderDeviation];
}
