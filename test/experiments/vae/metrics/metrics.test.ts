import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evaluation, Points } from '../../../../src/experiments/vae/metrics/metric.js';
import { builtInMetrics } from '../../../../src/experiments/vae/metrics/registry.js';
import { releasedMetrics } from '../../../../src/experiments/vae/metrics/released.js';
import { readFixture } from '../../../fixture.js';
import { sampleTask } from '../../../store/sample-task.js';

type Expected = Record<string, number | number[]>;
interface Fixture {
  readonly points: Points;
  readonly linear: { intrinsicDim: number; A: Points; decoder: Points; decoderVariance: number } & Expected;
  readonly sigmoid: { intrinsicDim: number; a: number[] } & Expected;
  readonly sphere: { intrinsicDim: number } & Expected;
  readonly encoder: { encoderVariance: number[] } & Expected;
  readonly released: {
    readonly generated: Points;
    readonly scoreBatch: Points;
    readonly linear: Expected;
    readonly sigmoid: Expected;
    readonly sphere: Expected;
  };
}
const metrics = [...builtInMetrics, ...releasedMetrics];
const numpy = readFixture('numpy/metrics.json') as Fixture;

describe('metrics agree with an independent NumPy program', () => {
  const base: Evaluation = {
    settings: sampleTask(1).settings,
    step: 0,
    experiment: 'linear',
    intrinsicDim: 3,
    ambientDim: 5,
    coordinates: 3,
    encoderVariance: numpy.encoder.encoderVariance,
    decoderVariance: numpy.linear.decoderVariance,
    generated: numpy.points,
    dataParameters: [numpy.linear.A],
    decoderMatrix: numpy.linear.decoder,
    deadDecoderUnits: [],
    released: null,
  };
  const check = (name: string, evaluation: Evaluation, expected: Expected, names: readonly string[]) => {
    it(name, () => {
      for (const metric of names) assertClose(metric, compute(metric, evaluation), expected[metric]);
    });
  };

  check('linear data', base, numpy.linear, [
    'paddingError',
    'nonzeroDecoderRows',
    'eigenvalues',
    'generatedEigenvalues',
    'eigenvalueError',
    'decoderOutsideSpan',
    'largestDecoderColumn',
  ]);
  const sigmoid: Evaluation = {
    ...base,
    experiment: 'sigmoid',
    intrinsicDim: numpy.sigmoid.intrinsicDim,
    coordinates: numpy.sigmoid.intrinsicDim + 1,
    dataParameters: [numpy.sigmoid.a.map((value) => [value])],
  };
  check('sigmoid data', sigmoid, numpy.sigmoid, ['manifoldError', 'manifoldErrorPairwise', 'paddingError']);
  const sphere: Evaluation = {
    ...base,
    experiment: 'sphere',
    intrinsicDim: numpy.sphere.intrinsicDim,
    coordinates: numpy.sphere.intrinsicDim + 1,
    dataParameters: [],
  };
  check('sphere data', sphere, numpy.sphere, ['manifoldError', 'paddingError']);
  check('encoder variances', base, numpy.encoder, ['encoderZeros', 'encoderSmall', 'encoderBetween']);

  const { generated, scoreBatch } = numpy.released;
  const released = { generated, scoreBatch: null };
  const eigenvalueMetrics = ['sampleEigenvalues', 'generatedSampleEigenvalues', 'releasedEigenvalueError'];
  check(
    'the score of the released code, linear data',
    { ...base, released: { generated, scoreBatch } },
    numpy.released.linear,
    eigenvalueMetrics,
  );
  check('the score of the released code, sigmoid data', { ...sigmoid, released }, numpy.released.sigmoid, [
    'releasedManifoldError',
  ]);
  check('the score of the released code, sphere data', { ...sphere, released }, numpy.released.sphere, [
    'releasedManifoldError',
  ]);

  it('are null if they are not defined', () => {
    assert.equal(compute('manifoldError', base), null);
    assert.equal(compute('eigenvalueError', { ...base, experiment: 'sphere', dataParameters: [] }), null);
    assert.equal(compute('paddingError', { ...base, intrinsicDim: 5, coordinates: 5 }), null);
  });

  it("are null for the released code's score if it is not defined", () => {
    assert.equal(compute('releasedManifoldError', { ...base, released: { generated, scoreBatch } }), null);
    for (const name of eigenvalueMetrics)
      for (const evaluation of [sigmoid, sphere])
        assert.equal(compute(name, { ...evaluation, released }), null);
    for (const { name } of releasedMetrics)
      for (const evaluation of [base, sigmoid, sphere]) assert.equal(compute(name, evaluation), null);
  });
});

function compute(name: string, evaluation: Evaluation): unknown {
  const metric = metrics.find((candidate) => candidate.name === name);
  assert.ok(metric, `no metric ${name}`);
  return metric.compute(evaluation);
}

/** Compares a metric with the fixture, which is rounded to nine digits and may have lists in ascending or descending order. */
function assertClose(name: string, actual: unknown, expected: number | number[] | undefined): void {
  const sorted = (value: unknown): unknown[] =>
    Array.isArray(value) ? (value as number[]).toSorted((a, b) => a - b) : [value];
  const [found, wanted] = [sorted(actual), sorted(expected)];
  assert.equal(found.length, wanted.length, name);
  for (const [index, value] of found.entries()) {
    assert.ok(typeof value === 'number', `${name}: ${String(value)} is no number`);
    assert.ok(
      Math.abs(value - Number(wanted[index])) < 1e-7 * Math.max(1, Math.abs(value)),
      `${name}: ${String(value)}, NumPy has ${String(wanted[index])}`,
    );
  }
}
