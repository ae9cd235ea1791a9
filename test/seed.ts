/** Seed of the random tests. It is fixed, so that every failure can be repeated. Set VAE_SWEEP_SEED to test other cases. */
export const SEED = Number(process.env['VAE_SWEEP_SEED'] ?? 2105);
