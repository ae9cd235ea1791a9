import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evaluation, Points } from '../../src/vae/metrics/metric.js';
import { builtInMetrics as metrics } from '../../src/vae/metrics/registry.js';
import { readFixture } from '../fixture.js';

type Expected = Record<string, number | number[]>;
interface Fixture {
  readonly points: Points;
  readonly linear: { intrinsicDim: number; A: Points; decoder: Points; decoderVariance: number } & Expected;
  readonly sigmoid: { intrinsicDim: number; a: number[] } & Expected;
  readonly sphere: { intrinsicDim: number } & Expected;
  readonly encoder: { encoderVariance: number[] } & Expected;
}
const numpy = readFixture('numpy/metrics.json') as Fixture;

describe('metrics equal those of an independent NumPy program', () => {
  const base: Evaluation = {
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
  const direction = numpy.sigmoid.a.map((value) => [value]);
  const { intrinsicDim } = numpy.sigmoid;
  check(
    'sigmoid data',
    {
      ...base,
      experiment: 'sigmoid',
      intrinsicDim,
      coordinates: intrinsicDim + 1,
      dataParameters: [direction],
    },
    numpy.sigmoid,
    ['manifoldError', 'manifoldErrorPairwise', 'paddingError'],
  );
  check(
    'sphere data',
    {
      ...base,
      experiment: 'sphere',
      intrinsicDim: numpy.sphere.intrinsicDim,
      coordinates: numpy.sphere.intrinsicDim + 1,
      dataParameters: [],
    },
    numpy.sphere,
    ['manifoldError', 'paddingError'],
  );
  check('encoder variances', base, numpy.encoder, ['encoderZeros', 'encoderSmall', 'encoderBetween']);

  it('are null where they are not defined', () => {
    assert.equal(compute('manifoldError', base), null);
    assert.equal(compute('eigenvalueError', { ...base, experiment: 'sphere', dataParameters: [] }), null);
    assert.equal(compute('paddingError', { ...base, intrinsicDim: 5, coordinates: 5 }), null);
  });
});

function compute(name: string, evaluation: Evaluation): unknown {
  const metric = metrics.find((candidate) => candidate.name === name);
  assert.ok(metric, `no metric ${name}`);
  return metric.compute(evaluation);
}

/** The fixture is rounded to nine digits; lists may come in either order of size. */
function assertClose(name: string, actual: unknown, expected: number | number[] | undefined): void {
  const sorted = (value: unknown) =>
    Array.isArray(value) ? (value as number[]).toSorted((a, b) => a - b) : [value];
  const wanted = sorted(expected);
  sorted(actual).forEach((value, index) => {
    const difference = Math.abs(Number(value) - Number(wanted[index]));
    assert.ok(
      difference < 1e-7 * Math.max(1, Math.abs(Number(value))),
      `${name}: ${String(value)}, NumPy has ${String(wanted[index])}`,
    );
  });
}
