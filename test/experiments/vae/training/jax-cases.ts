import assert from 'node:assert/strict';
import type { Tensor1D } from '@tensorflow/tfjs-node';
import {
  isPaperExperiment,
  type ExperimentName,
} from '../../../../src/experiments/vae/settings/training-data.js';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { vaeTraining } from '../../../../src/experiments/vae/training/definition.js';
import type { ProgramCache } from '../../../../src/forms/training/program-cache.js';
import { stepMetrics } from '../../../../src/experiments/vae/metrics/step-metrics.js';
import { drawTask, type Program, type TaskDraws } from '../../../../src/experiments/vae/training/program.js';
import { initialParameters, parameterLayout } from '../../../../src/experiments/vae/model/parameters.js';

/** A block of parameters in a fixture. */
interface Block {
  readonly name: string;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly first: number[];
}

/** The first 300 steps of one task, trained by an independent JAX program. */
export interface JaxCase {
  readonly name: string;
  readonly settings: Omit<TrainingSettings, 'kind' | 'engine' | 'logEverySteps' | 'evaluateEverySteps'>;
  readonly dataParameters: number[][] | null;
  readonly initialParameters: Block[];
  readonly losses: number[];
  readonly metrics: (Record<string, number> & { step: number })[];
}

/** An evaluation in a fixture: its step, the metrics by name, and the first points. */
export type JaxEvaluation = Record<string, number | number[]>;

/** Fields of a fixture's evaluation that are not metrics of the evaluation log. */
const NOT_METRICS = new Set(['t', 'step', 'points', 'firstRow', 'firstGeneratedRow', 'encoderVariance']);

/** The metrics of generated points and decoders that the JAX programs compute for each experiment. */
const POINT_METRICS: Readonly<Record<ExperimentName, readonly string[]>> = {
  linear: [
    'paddingError',
    'nonzeroDecoderRows',
    'eigenvalues',
    'generatedEigenvalues',
    'eigenvalueError',
    'decoderOutsideSpan',
    'largestDecoderColumn',
  ],
  sigmoid: ['manifoldError', 'manifoldErrorPairwise', 'paddingError'],
  sphere: ['manifoldError', 'paddingError'],
};

/** The scores of the released code for each experiment. */
const RELEASED_METRICS: Readonly<Record<ExperimentName, readonly string[]>> = {
  linear: ['sampleEigenvalues', 'generatedSampleEigenvalues', 'releasedEigenvalueError'],
  sigmoid: ['releasedManifoldError'],
  sphere: ['releasedManifoldError'],
};

const STEPS = 300;
/** Tolerance at the start, which is float32 rounding. Training amplifies it. */
const LOSS_TOLERANCE = 1e-3;
/**
 * The sphere's ReLU networks amplify rounding faster: 2e-7 at step 40, 2e-4 at step 160 and at most 2.7e-3 by step 300. The eager
 * engine drifts from JAX as far as the compiled engines.
 */
const LATE_SPHERE_TOLERANCE = 5e-3;
const LATE_STEP = 160;

/** Tolerance after 300 steps, by which a task may have drifted from JAX. */
export function lateTolerance({ experiment }: TrainingSettings): number {
  return experiment === 'sphere' ? LATE_SPHERE_TOLERANCE : LOSS_TOLERANCE;
}

/** A task of a fixture with this program, before and after its 300 steps. */
export interface CheckedCase {
  readonly program: Program;
  readonly draws: TaskDraws;
  readonly initial: Tensor1D;
  readonly trained: Tensor1D;
}

/** Checks the parameters of the data, the initial parameters and the metrics of 300 steps. */
export function checkCase(
  programs: ProgramCache<TrainingSettings, Program>,
  settings: TrainingSettings,
  fixture: JaxCase,
): CheckedCase {
  const { program, loop } = programs.get(settings);
  const { model } = program;
  const draws = drawTask(program, settings);
  const { dataParameters, keys } = draws;
  if (dataParameters[0])
    assertClose('data', dataParameters[0].dataSync(), fixture.dataParameters?.flat() ?? [], 4e-6);
  const initial = initialParameters(model, keys.kernelKey);
  assertBlocks(initial, parameterLayout(model), fixture.initialParameters);
  const training = vaeTraining.begin(program, settings);
  const { metrics, state } = loop.run(training.start(), training.inputs(1, STEPS), 1, STEPS);
  const width = stepMetrics.length;
  const rows = Array.from({ length: STEPS }, (_, row) => [
    ...metrics.subarray(row * width, (row + 1) * width),
  ]);
  const toleranceAt = (step: number) => (step > LATE_STEP ? lateTolerance(settings) : LOSS_TOLERANCE);
  fixture.losses.forEach((loss, row) => {
    assertClose(`loss of step ${row + 1}`, [rows[row]?.[0] ?? NaN], [loss], toleranceAt(row + 1));
  });
  for (const expected of fixture.metrics) {
    const { step } = expected;
    const wanted = stepMetrics.map(({ name }) => expected[name] ?? NaN);
    assertClose(`step ${String(step)}`, rows[step - 1] ?? [], wanted, toleranceAt(step));
  }
  return { program, draws, initial, trained: state[0] as Tensor1D };
}

/**
 * Compares the metrics of one evaluation. Lists are compared in ascending order.
 * @throws also if the fixture has other metrics than these settings, or if a metric is missing or null in the row
 */
export function assertRow(
  row: Readonly<Record<string, unknown>>,
  expected: JaxEvaluation,
  settings: TrainingSettings,
  tolerance: number,
): void {
  const names = metricNames(settings);
  const inFixture = Object.keys(expected).filter((name) => !NOT_METRICS.has(name));
  assert.deepEqual(inFixture.toSorted(), names.toSorted(), 'the metrics that JAX has');
  for (const name of names) {
    const actual = row[name];
    assert.ok(actual !== undefined && actual !== null, `the evaluation has no ${name}`);
    assertClose(name, ascending(actual), ascending(expected[name]), tolerance);
  }
}

/** Returns the names of the metrics that an evaluation must have and that the JAX programs compute. */
function metricNames({ experiment, randomStreams }: TrainingSettings): string[] {
  assert.ok(isPaperExperiment(experiment));
  const released = randomStreams === 'released-code' ? RELEASED_METRICS[experiment] : [];
  return [
    ...stepMetrics.map(({ name }) => name),
    'decoderVariance',
    ...POINT_METRICS[experiment],
    ...released,
  ];
}

function ascending(value: unknown): number[] {
  return Array.isArray(value) ? (value as number[]).toSorted((a, b) => a - b) : [Number(value)];
}

function assertBlocks(
  flat: Tensor1D,
  layout: ReturnType<typeof parameterLayout>,
  expected: readonly Block[],
): void {
  const values = flat.dataSync();
  for (const { name, shape, offset } of layout) {
    const wanted = expected.find((block) => block.name === name);
    if (wanted === undefined) continue;
    const block = [...values.slice(offset, offset + shape[0] * shape[1])];
    assertClose(name, block.slice(0, wanted.first.length), wanted.first, 4e-6);
    assertClose(`${name}, squares`, [block.reduce((sum, x) => sum + x * x, 0)], [wanted.sumOfSquares], 1e-5);
  }
  assert.ok(
    expected.some(({ name }) => layout.some((block) => block.name === name)),
    'no block has a name that JAX has',
  );
}

/** Compares relative to the larger of the two numbers, or to 1. */
export function assertClose(
  what: string,
  actual: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, index) => {
    const got = actual[index] ?? NaN;
    const bound = tolerance * Math.max(1, Math.abs(value));
    assert.ok(
      Math.abs(got - value) <= bound,
      `${what}[${String(index)}]: ${String(got)}, JAX has ${String(value)}`,
    );
  });
}
