import type { Matrix } from 'ml-matrix';
import type { SimplifiedVae } from './linear-vae.js';

/**
 * Rotates x-space by an orthogonal U as in Lemma 4: (U A~, B~ U^T, D~, eps~). With U A in place of A the loss stays the same. Gradients
 * rotate in the same way, U grad_A~ and (grad_B~) U^T, and so does every step of gradient descent. (The lemma writes grad_{U B~}, but
 * its proof uses grad_{B~ U^T}; the shapes of U and B~ do not match in U B~.)
 *
 * @param turn U, [d, d]
 */
export function rotate<Parameters extends SimplifiedVae>(turn: Matrix, vae: Parameters): Parameters {
  return { ...vae, decoder: turn.mmul(vae.decoder), encoder: vae.encoder.mmul(turn.transpose()) };
}
