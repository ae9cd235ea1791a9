/** One sweep file for each computation, small enough to run in a test. */
export const THEORY_FILES = {
  'flow.yaml':
    'experiment: gradient-flow\ngrid: { dimensions: [[6, 2, 4]], startScale: [0.5, 1], seed: [1] }\n',
  'landscape.yaml':
    'experiment: landscape\ngrid: { dimensions: [[5, 2, 8]], zeroColumns: [3, 4], seed: [1, 2] }\n',
  'converse.yaml':
    'experiment: landscape-converse\nsettings: { dimensions: [5, 2, 6], seed: 1, draws: 20 }\n',
  'bad.yaml':
    'experiment: bad-optimum\nsettings: { dimensions: [3, 7, 6], extraDims: 1, seed: 1, points: 100 }\n',
  'identities.yaml':
    'experiment: identities\ngrid: { identity: [eq8, lemma2], seed: [1] }\nsettings: { draws: 20 }\n',
} as const;

export const ALL_THEORY = `sweeps: [${Object.keys(THEORY_FILES).join(', ')}]\n`;
