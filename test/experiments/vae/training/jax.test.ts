import '../../../native-environment.js';
import { describe, it } from 'node:test';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { evaluate } from '../../../../src/experiments/vae/training/evaluate.js';
import { vaeTraining } from '../../../../src/experiments/vae/training/definition.js';
import { ProgramCache } from '../../../../src/forms/training/program-cache.js';
import { readFixture } from '../../../fixture.js';
import { assertRow, checkCase, lateTolerance, type JaxCase, type JaxEvaluation } from './jax-cases.js';

const { cases } = readFixture('jax/training.json') as {
  cases: (JaxCase & { readonly evaluation: JaxEvaluation })[];
};

describe('an independent JAX program with the same keys', () => {
  const programs = new ProgramCache(vaeTraining);
  for (const fixture of cases) {
    for (const engine of ['c', 'compiled'] as const) {
      it(`agrees on data, initial parameters and 300 steps: ${fixture.name}, ${engine}`, () => {
        const settings: TrainingSettings = {
          ...fixture.settings,
          kind: 'train',
          engine,
          logEverySteps: 1,
          evaluateEverySteps: 300,
        };
        const { program, draws, trained } = checkCase(programs, settings, fixture);
        const { row } = evaluate(program, settings, trained, draws, 300, null);
        assertRow(row, fixture.evaluation, settings, 2 * lateTolerance(settings));
      });
    }
  }
});
