import { foldInWords, keyWords, type Words } from '../../../../compiler/random/words.js';

/**
 * The key tree of `fold-in`, from which every random number of a task is drawn. It must never change; a new purpose gets a new number.
 *
 * ```
 * PRNGKey(seed)                     data; split the authors' way for the data's parameters (A, a*)
 *   fold_in 101, fold_in t          training points of step t = 1, 2, ...
 *   fold_in 102, fold_in t          real points of the evaluation after t steps
 * PRNGKey(modelSeed)                model
 *   fold_in 201, fold_in i          initial kernel of dense layer i, encoder first
 *   fold_in 202, fold_in t          latent noise of step t
 *   fold_in 203, fold_in t          decoder noise of step t
 *   fold_in 204, fold_in t          latent noise of the evaluation's losses after t steps
 *   fold_in 205, fold_in t          decoder noise of the evaluation's losses
 *   fold_in 206, fold_in t          latents of the generated points
 *   fold_in 207, fold_in t          noise of the generated points
 * PRNGKey(seed of `sample`)         points drawn from a saved model
 *   fold_in 208, fold_in k          latents of block k = 0, 1, ... of points
 *   fold_in 209, fold_in k          their noise
 * ```
 */
const DATA_PURPOSES = { trainingPoints: 101, evaluationPoints: 102 } as const;
const MODEL_PURPOSES = {
  initialParameters: 201,
  latentNoise: 202,
  decoderNoise: 203,
  evaluationLatentNoise: 204,
  evaluationDecoderNoise: 205,
  generatedLatents: 206,
  generatedNoise: 207,
  sampledLatents: 208,
  sampledNoise: 209,
} as const;

/** Returns the key for a purpose of the data. Fold the step into it. */
export function dataKey(seed: number, purpose: keyof typeof DATA_PURPOSES): Words {
  return foldInWords(keyWords(seed), DATA_PURPOSES[purpose]);
}

/** Returns the key for a purpose of the model. Fold the step or the index of a layer into it. */
export function modelKey(modelSeed: number, purpose: keyof typeof MODEL_PURPOSES): Words {
  return foldInWords(keyWords(modelSeed), MODEL_PURPOSES[purpose]);
}
