import '../../../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from '../../../../fast-check.js';
import { foldIn, keyOf, split } from '../../../../../src/compiler/random/keys.js';
import {
  DataKeys,
  foldInWords,
  keyWords,
  splitWords,
  type Words,
} from '../../../../../src/compiler/random/words.js';
import type { ExperimentName } from '../../../../../src/experiments/vae/settings/training-data.js';
import type { TrainingSettings } from '../../../../../src/experiments/vae/settings/task.js';
import { vaeTraining } from '../../../../../src/experiments/vae/training/definition.js';
import { evaluate } from '../../../../../src/experiments/vae/training/evaluate.js';
import type { EvaluationRow } from '../../../../../src/forms/training/definition.js';
import { ProgramCache } from '../../../../../src/forms/training/program-cache.js';
import {
  ReleasedChains,
  type ReleasedSchedule,
} from '../../../../../src/experiments/vae/training/random-streams/released-chains.js';
import { SCHEDULES } from '../../../../../src/experiments/vae/training/random-streams/released-code.js';
import { readFixture } from '../../../../fixture.js';
import {
  assertClose,
  assertRow,
  checkCase,
  lateTolerance,
  type JaxCase,
  type JaxEvaluation,
} from '../jax-cases.js';

type Form = 'october2021' | 'march2022' | 'linearScoreBatch';

interface Chain {
  readonly experiment: ExperimentName;
  readonly form: Form;
  readonly seed: number;
  readonly modelSeed: number;
  readonly steps: number;
  readonly parametersKey: Words | null;
  readonly batches: { readonly t: number; readonly dataKey: Words; readonly noiseKey: Words }[];
  readonly evaluations: {
    readonly t: number;
    readonly dataKey: Words;
    readonly scoreDataKey: Words | null;
    readonly noiseKey: Words;
  }[];
}

interface ReleasedCase extends JaxCase {
  readonly form: Form;
  /**
   * A sequence of evaluations. The released code adds noise with the decoder variance of the previous evaluation. The first evaluation has
   * no previous one and uses the constant c. The second has other parameters than the previous one. The third has a previous decoder
   * variance that differs from c.
   */
  readonly evaluations: (JaxEvaluation & {
    readonly t: number;
    readonly firstRow: number[];
    readonly firstGeneratedRow: number[];
  })[];
}

/** Tolerance before training, which has not amplified rounding yet. */
const FIRST_TOLERANCE = 1e-5;
/** Factor by which rounding moves a single point further than a mean over 1,000 points. */
const SINGLE_POINT = 4;

const { chains, cases } = readFixture('jax/released-code.json') as { chains: Chain[]; cases: ReleasedCase[] };

/** The code of October 2021: its sigmoid plot consumes no data key, and it treats linear data like the others. */
const OCTOBER_2021: ReleasedSchedule = { ...SCHEDULES.sigmoid, dataKeysPerPlot: 0 };

function isUsedHere({ experiment, form }: { experiment: string; form: Form }): boolean {
  if (experiment === 'sphere') return true;
  return form === (experiment === 'linear' ? 'linearScoreBatch' : 'march2022');
}

describe('keys in plain numbers', () => {
  it('equal the keys in tensors', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.tuple(word, word), word, (key, data) => {
        const unsigned = (values: ArrayLike<number>) => Array.from(values, (value) => value >>> 0);
        assert.deepEqual(
          split(keyOf(key)).map((half) => unsigned(half.dataSync())),
          splitWords(key).map((half) => [...half]),
        );
        assert.deepEqual(unsigned(foldIn(keyOf(key), data).dataSync()), [...foldInWords(key, data)]);
      }),
      { numRuns: 20, seed: 20261127 },
    );
  });
});

describe("the chains of the authors' released code", () => {
  for (const chain of chains) {
    const { experiment, form, seed, modelSeed, steps, parametersKey, batches, evaluations } = chain;
    const open = () => {
      const data = new DataKeys(seed);
      if (parametersKey !== null) assert.deepEqual(data.next(), parametersKey);
      const schedule = isUsedHere(chain) ? SCHEDULES[experiment] : OCTOBER_2021;
      const [, model] = splitWords(keyWords(modelSeed));
      return new ReleasedChains(schedule, { steps, evaluateEverySteps: 5_000 }, { model, data: data.chain });
    };
    const ofBatch = (opened: ReleasedChains, t: number) => {
      const [keys] = opened.steps(t, 1);
      return { t, dataKey: keys?.batch, noiseKey: keys?.noise };
    };

    it(`give JAX's keys for batches and evaluations: ${experiment}, ${form}`, () => {
      const opened = open();
      assert.deepEqual(
        batches.map(({ t }) => ofBatch(opened, t)),
        batches,
      );
      for (const { t, dataKey, scoreDataKey, noiseKey } of evaluations) {
        const keys = opened.score(t);
        assert.deepEqual([keys.points, keys.noise], [dataKey, noiseKey]);
        if (scoreDataKey !== null) assert.deepEqual(keys.scorePoints, scoreDataKey);
      }
    });

    it(`give the same keys for a step in any order of requests: ${experiment}, ${form}`, () => {
      const opened = open();
      for (const expected of batches.toReversed()) assert.deepEqual(ofBatch(opened, expected.t), expected);
    });
  }
});

describe("an independent JAX program with the released code's keys", () => {
  const programs = new ProgramCache(vaeTraining);
  for (const fixture of cases.filter(({ form, settings }) => isUsedHere({ ...settings, form }))) {
    for (const engine of ['c', 'compiled'] as const) {
      it(`agrees on kernels, 300 steps and a sequence of evaluations: ${fixture.name}, ${engine}`, () => {
        const settings: TrainingSettings = {
          ...fixture.settings,
          kind: 'train',
          engine,
          logEverySteps: 1,
          evaluateEverySteps: 5_000,
          randomStreams: 'released-code',
        };
        const { program, draws, initial, trained } = checkCase(programs, settings, fixture);
        const width = settings.ambientDim;
        let previous: EvaluationRow | null = null;
        for (const { t, firstRow, firstGeneratedRow, ...metrics } of fixture.evaluations) {
          const [flat, tolerance] = t === 0 ? [initial, FIRST_TOLERANCE] : [trained, lateTolerance(settings)];
          const { row, generated, real } = evaluate(program, settings, flat, draws, t, previous);
          assertClose('real point', real.subarray(0, width), firstRow, FIRST_TOLERANCE);
          assertClose(
            'generated point',
            generated.subarray(0, width),
            firstGeneratedRow,
            SINGLE_POINT * tolerance,
          );
          assertRow(row, metrics, settings, tolerance);
          previous = row;
        }
      });
    }
  }
});
