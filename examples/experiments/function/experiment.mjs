/** Estimates pi from random points in the unit square. Run it in this folder: npx vae-sweep run sweep.yaml */
const BLOCKS = 20;

/** @type {import('vae-sweep/experiment').FunctionExperiment} */
const monteCarloPi = {
  name: 'monte-carlo-pi',
  form: 'function',
  settings: {
    points: { type: 'integer', min: BLOCKS, max: 1e9, default: 100_000, description: 'Random points' },
  },
  columns: {
    rows: [
      { name: 'pointsSoFar', unit: 'count', description: 'Points drawn so far' },
      { name: 'estimateSoFar', unit: '1', description: 'Estimate of pi from the points so far' },
    ],
    summary: [
      { name: 'estimate', unit: '1', description: 'Estimate of pi from all points' },
      { name: 'error', unit: '1', description: 'Distance of the estimate from pi' },
    ],
  },
  rows: () => BLOCKS,
  resumable: true,
  *run({ points, seed }, { saved, save }) {
    let { block, done, inside, state } = saved ?? { block: 0, done: 0, inside: 0, state: seed >>> 0 };
    const random = mulberry32(state);
    while (block < BLOCKS) {
      block += 1;
      for (; done < (points * block) / BLOCKS; done++)
        if (random.next() ** 2 + random.next() ** 2 <= 1) inside += 1;
      yield { pointsSoFar: done, estimateSoFar: (4 * inside) / done };
      save({ block, done, inside, state: random.state() });
    }
    const estimate = (4 * inside) / points;
    return { estimate, error: Math.abs(estimate - Math.PI) };
  },
};

/** A small random number generator with a seed, which Math.random does not have. */
function mulberry32(state) {
  return {
    state: () => state,
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let bits = Math.imul(state ^ (state >>> 15), state | 1);
      bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
      return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

export default { name: 'monte-carlo-pi', experiments: [monteCarloPi] };
