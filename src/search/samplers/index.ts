import { latinHypercubeSampler } from './latin-hypercube.js';
import { randomSampler } from './random.js';
import type { Sampler } from './sampler.js';
import { sobolSampler } from './sobol.js';

/** The samplers by the name of the method in sweep files. */
export const samplers = {
  random: randomSampler,
  sobol: sobolSampler,
  'latin-hypercube': latinHypercubeSampler,
} as const satisfies Readonly<Record<string, Sampler>>;

export type SamplerName = keyof typeof samplers;

export const SAMPLER_NAMES = Object.keys(samplers) as [SamplerName, ...SamplerName[]];
