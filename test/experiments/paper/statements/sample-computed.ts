import type { ComputedRun, ComputedRuns } from '../../../../src/experiments/paper/statements/computed.js';
import type { Statement } from '../../../../src/experiments/paper/statements/statement.js';
import { examineTheory } from '../../../../src/experiments/paper/statements/registry.js';
import { literalRun } from './computed-runs.js';

const FLOW = { kind: 'gradient-flow', objective: 'l1', ambientDim: 6, rank: 2, latentDim: 4 };
const TIMES = [0, 1, 2, 3];

/** Returns a task whose norm falls like exp(-3 t / K) with K = 2, from a start that depends on the seed. */
export function flowRun(
  seed: number,
  settings: object = {},
  verdict: Partial<ComputedRun['verdict']> = {},
): ComputedRun {
  const start = Math.log(seed);
  const measures = {
    time: 3,
    deviation: 0.01,
    k: 2,
    logBoundDecay: -1.5,
    logOutsideDecay: -4.5,
    smallestMargin: 0.1 * seed,
    smallestRowMargin: 0.05 * seed,
    smallestEncoderMargin: 0.2,
    smallestRate: 3,
  };
  return literalRun(
    { ...FLOW, seed, ...settings },
    { outcome: 'smallest-deviation', ...verdict, measures: { ...measures, ...verdict.measures } },
    {
      time: TIMES,
      k: TIMES.map(() => 2),
      logOutside: TIMES.map((time) => start - 1.5 * time),
      logBound: TIMES.map((time) => start - 0.5 * time),
      encoderMargin: TIMES.map((time) => 0.5 * time),
    },
  );
}

/** Returns a task whose loss is a straight line over log eps with the slope d - r + zero columns. */
export function landscapeRun(zeroColumns: number, settings: object = {}): ComputedRun {
  const slope = zeroColumns - 2;
  const deviation = [1, 0.1, 0.01];
  const loss = deviation.map((eps) => 10 + slope * Math.log(eps));
  const isBroken = 'reconstruction' in settings;
  return literalRun(
    {
      kind: 'landscape',
      ambientDim: 6,
      rank: 2,
      latentDim: 8,
      zeroColumns,
      reconstruction: 'exact',
      seed: 1,
      ...settings,
    },
    {
      outcome: 'bounded',
      measures: {
        predictedSlope: slope,
        slope: isBroken ? -1e4 : slope + 1e-5,
        residual: isBroken ? 2 : 0,
        residualPart: isBroken ? 1.0001 : 0,
        simplifiedLossError: 1e-15,
        encoderZeros: 8 - zeroColumns,
        nonzeroColumns: 8 - zeroColumns,
      },
    },
    {
      deviation,
      loss: isBroken ? deviation.map((eps) => 2 / eps ** 2 + 1) : loss,
      asymptote: loss.map((value) => value - 0.1),
    },
  );
}

export function badOptimumRun(extraDims: number, seed = 1): ComputedRun {
  const slope = 4 - extraDims;
  const deviation = [1, 0.1, 0.01];
  const loss = deviation.map((eps) => 5 + slope * Math.log(eps));
  return literalRun(
    { kind: 'bad-optimum', intrinsicDim: 3, ambientDim: 7, latentDim: 6, extraDims, seed },
    {
      outcome: 'to-minus-infinity',
      measures: {
        predictedSlope: slope,
        slope,
        monteCarloSlope: slope + 0.01,
        largestError: 1.5,
        generatorDim: 3 + extraDims,
        predictedDim: 3 + extraDims,
        encoderZeros: 3 + extraDims,
      },
    },
    {
      deviation,
      loss,
      monteCarloLoss: loss.map((value) => value + 0.3),
      standardError: loss.map(() => 0.2),
      error: loss.map(() => 1.5),
    },
  );
}

export function identityRun(identity: string, errors: readonly number[], tolerance: number): ComputedRun {
  const worstError = Math.max(...errors);
  const holds = worstError <= tolerance;
  return literalRun(
    { kind: 'identities', identity, seed: 1, draws: errors.length, maxDim: 10 },
    {
      outcome: holds ? 'all-within' : 'exceeded',
      holds,
      measures: { draws: errors.length, exceeded: holds ? 0 : 1, worstError, tolerance },
    },
    { error: errors },
  );
}

export const MIXED: ComputedRuns = {
  runs: [
    flowRun(1),
    flowRun(2),
    flowRun(3, { rank: 3, ambientDim: 8, latentDim: 8 }),
    flowRun(1, { objective: 'l', stepSize: 1e-3 }),
    landscapeRun(4),
    landscapeRun(3),
    landscapeRun(2),
    landscapeRun(1),
    landscapeRun(2, { reconstruction: 'broken' }),
    badOptimumRun(1),
    badOptimumRun(2),
    badOptimumRun(2, 5),
    identityRun('eq4', [0.1, 2, 3], 6),
    identityRun('lemma1', [0, 0], 1e-11),
    identityRun('lemma3', [1e-14, 3e-15, 0], 1e-11),
  ],
  missing: [],
};

export function statementOf(computed: Partial<ComputedRuns>, name: string): Statement {
  const all = examineTheory({ computed: { runs: [], missing: [], ...computed }, parts: [] });
  const statement = all.find((found) => found.name === name);
  if (statement === undefined) throw new Error(`There is no ${name}.`);
  return statement;
}
