import { foldInWords, keyWords, type Words } from '../compiler/random/words.js';

/** Number of values of a 32-bit word. */
export const WORDS = 2 ** 32;

/** Returns the random words of a place, for example (dimension, point): a function of the seed and the place only (Threefry-2x32). */
export function randomWords(seed: number, ...place: readonly number[]): Words {
  return place.reduce(foldInWords, keyWords(seed));
}

/** Returns the number in the middle of a word's interval of length 2^-32, so that it is neither 0 nor 1. */
export function unitNumber(word: number): number {
  return (word + 0.5) / WORDS;
}
