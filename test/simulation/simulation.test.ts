import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SEED } from '../seed.js';
import { simulateMany } from './many.js';

/** The number of simulated seeds. */
const SIMULATIONS = Number(process.env['VAE_SWEEP_SIMULATIONS'] ?? 1_000);

test(
  `${SIMULATIONS} simulations from seed ${SEED} find no violation`,
  { timeout: 1_200_000 },
  async (context) => {
    const { failure, ...totals } = await simulateMany({ first: SEED, seeds: SIMULATIONS, jobs: 2 });
    assert.equal(
      failure,
      null,
      failure === null
        ? ''
        : `${failure.history.join('\n')}\n${failure.problem ?? ''}\nRun npm run test:simulation -- --seeds 1 --first ${failure.seed}`,
    );
    assert.equal(totals.seeds, SIMULATIONS);
    context.diagnostic(JSON.stringify(totals));
  },
);

test('a seed gives the same events, whatever else was simulated before', { timeout: 120_000 }, async () => {
  const range = { first: SEED, seeds: 12 };
  const [alone, shared] = [
    await simulateMany({ ...range, jobs: 1 }),
    await simulateMany({ ...range, jobs: 3 }),
  ];
  assert.deepEqual(alone, shared);
  assert.ok(alone.events > 0 && alone.operations > 0);
});
