import { randomWords, WORDS } from '../random.js';
import type { Sampler } from './sampler.js';

/**
 * A nested Latin hypercube: along each dimension, the first 2^k points are in different intervals of length 2^-k. When n = 2^k points
 * become 2n, each interval is halved, and the n new points take the empty halves, in a random order per dimension (after P. Z. G. Qian,
 * "Nested Latin hypercube designs", Biometrika 96, 2009). Numbers of points between powers of two have gaps.
 */
export const latinHypercubeSampler: Sampler = {
  maxDimensions: null,
  coordinates: (seed, dimension, count) => {
    const words = new Uint32Array(count);
    words[0] = randomWords(seed, dimension, 0, 0)[0];
    for (let level = 0, size = 1; size < count; level++, size *= 2) {
      const half = 2 ** (31 - level);
      const occupants = new Uint32Array(size);
      for (const word of words.subarray(0, size)) occupants[Math.floor(word / (2 * half))] = word;
      const order = shuffled(size, (place) => randomWords(seed, dimension, level + 1, place)[1]);
      for (const [place, interval] of order.subarray(0, count - size).entries()) {
        const [random] = randomWords(seed, dimension, level + 1, place);
        // The start of the half that the occupant leaves empty.
        const start = (Math.floor((occupants[interval] ?? 0) / half) ^ 1) * half;
        words[size + place] = start + (random % half);
      }
    }
    return words;
  },
};

/** Returns the numbers from 0 to `size` - 1 in random order (Fisher and Yates). @param random returns a word for each place */
function shuffled(size: number, random: (place: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, place) => place);
  for (let place = size - 1; place > 0; place--) {
    const other = Math.floor((random(place) / WORDS) * (place + 1));
    [order[place], order[other]] = [order[other] ?? 0, order[place] ?? 0];
  }
  return order;
}
