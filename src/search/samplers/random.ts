import { randomWords } from '../random.js';
import type { Sampler } from './sampler.js';

/** Independent uniform points. */
export const randomSampler: Sampler = {
  maxDimensions: null,
  coordinates: (seed, dimension, count) =>
    Uint32Array.from({ length: count }, (_, point) => randomWords(seed, dimension, point)[0]),
};
