import { randomWords } from '../random.js';
import { JOE_KUO } from './joe-kuo.js';
import type { Sampler } from './sampler.js';

const BITS = 32;

/**
 * Sobol's sequence with a nested uniform (Owen) scramble per dimension. Among the first 2^k points, every interval of length 2^-k along
 * every dimension has exactly one point, and pairs of dimensions are spread evenly as well. The scramble keeps these properties, and
 * makes each point uniformly distributed.
 */
export const sobolSampler: Sampler = {
  maxDimensions: JOE_KUO.length + 1,
  coordinates: (seed, dimension, count) => {
    const [scramble] = randomWords(seed, dimension);
    return sobolWords(dimension, count).map((word) => owenScramble(word, scramble));
  },
};

/** Returns the coordinates of Sobol's sequence before the scramble. Point i is the sum (XOR) of the directions of the bits of i. */
export function sobolWords(dimension: number, count: number): Uint32Array {
  const directions = directionsOf(dimension);
  const words = new Uint32Array(count);
  for (let point = 1; point < count; point++) {
    const lowest = point & -point;
    words[point] = (words[point ^ lowest] ?? 0) ^ (directions[31 - Math.clz32(lowest)] ?? 0);
  }
  return words;
}

/** Returns the direction numbers v_1, v_2, ... as words: Bratley and Fox, "Algorithm 659", 1988, Eq. (2). */
function directionsOf(dimension: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  // The first dimension is the sequence of van der Corput, whose initial numbers are all 1.
  if (dimension === 0) return directions.map((_, bit) => 1 << (BITS - 1 - bit));
  const [polynomial, ...initial] = JOE_KUO[dimension - 1] ?? [];
  if (polynomial === undefined) throw new Error(`Sobol's sequence has no dimension ${dimension}.`);
  const degree = initial.length;
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) {
      directions[bit] = (initial[bit] ?? 0) << (BITS - 1 - bit);
      continue;
    }
    const first = directions[bit - degree] ?? 0;
    let direction = first ^ (first >>> degree);
    for (let back = 1; back < degree; back++)
      if ((polynomial >>> (degree - back)) & 1) direction ^= directions[bit - back] ?? 0;
    directions[bit] = direction;
  }
  return directions;
}

/**
 * Flips each bit by a hash of the bits above it, which is an Owen scramble: B. Burley, "Practical hash-based Owen scrambling", Journal
 * of Computer Graphics Techniques 9 (2020), with the hash of Laine and Karras (2011).
 */
function owenScramble(word: number, seed: number): number {
  let mixed = (reverseBits(word) + seed) | 0;
  mixed ^= Math.imul(mixed, 0x6c50b47c);
  mixed ^= Math.imul(mixed, 0xb82f1e52);
  mixed ^= Math.imul(mixed, 0xc7afe638);
  mixed ^= Math.imul(mixed, 0x8d22f6e6);
  return reverseBits(mixed);
}

function reverseBits(word: number): number {
  let bits = word;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  return (bits >>> 16) | (bits << 16);
}
