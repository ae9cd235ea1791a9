import type { Matrix } from 'ml-matrix';
import type { SimplifiedVae } from './linear-vae.js';

/**
 * Lemma 4's turn of x-space by an orthogonal U: (U A~, B~ U^T, D~, eps~); with U A for A the loss is the same. Gradients turn in the
 * same way, U grad_A~ and (grad_B~) U^T, and so does every step of gradient descent. (The lemma writes grad_{U B~} where its proof has
 * grad_{B~ U^T}: U B~ has no shape.)
 *
 * @param turn U, [d, d]
 */
export function rotate<Parameters extends SimplifiedVae>(turn: Matrix, vae: Parameters): Parameters {
  return { ...vae, decoder: turn.mmul(vae.decoder), encoder: vae.encoder.mmul(turn.transpose()) };
}
