import path from 'node:path';
import { python } from './python.js';

/** The folder of vae_sweep.py. */
const MODULE = path.join(import.meta.dirname, '../../../examples/analysis');
/** Sweep files with trainings and computations, of which the first has all. */
export const SWEEPS = {
  'mixed.yaml': 'sweeps: [sphere.yaml, linear.yaml, identities.yaml, landscape.yaml]\n',
  'sphere.yaml':
    'experiment: sphere\ngrid: { dimensions: [[2, 5, 3]], seed: [1, 2, 3, 4, 5, 6, 7, 8, 9] }\nsettings: { steps: 20, hiddenWidths: [8], evaluateEverySteps: 10 }\n',
  'linear.yaml':
    'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [7] }\nsettings: { steps: 30, evaluateEverySteps: 10, decoderVarianceThreshold: e^-4 }\n',
  'identities.yaml': 'experiment: identities\nsettings: { identity: lemma3, seed: 1, draws: 5 }\n',
  'landscape.yaml':
    'experiment: landscape\nsettings: { dimensions: [5, 3, 4], zeroColumns: 1, seed: 1, decades: 4 }\n',
};

/** Runs Python statements with the module, the store `out` and the folder `folder`. @returns their output */
export function withStore(
  { out, folder }: { readonly out: string; readonly folder: string },
  ...lines: readonly string[]
): string {
  const start = [
    'import json, sys, warnings',
    'sys.path.insert(0, sys.argv[1])',
    'import polars as pl, vae_sweep',
    'from vae_sweep import Store, StoreError',
    'out, folder = sys.argv[2:4]',
  ];
  return python('-c', [...start, ...lines].join('\n'), MODULE, out, folder);
}
