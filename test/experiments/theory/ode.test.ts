import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { integrate, type OdeEnd, type OdeStep } from '../../../src/experiments/theory/ode.js';

const OPTIONS = { tolerance: 1e-10, largestStep: 1, maxSteps: 10_000 };

describe('integrate', () => {
  test('follows an oscillation for a period', () => {
    const { steps, end } = solve(([x = NaN, v = NaN]) => [v, -x], [1, 0], 2 * Math.PI);
    assert.equal(end, 'end-time');
    for (const { time, values } of steps) {
      // About 150 steps with an error of 1e-10 each.
      assert.ok(Math.abs((values[0] ?? NaN) - Math.cos(time)) < 1e-8, `${values.join()} at ${time}`);
    }
    assert.equal(steps.at(-1)?.time, 2 * Math.PI);
  });

  test('resolves a start that is much faster than its first step', () => {
    // y' = s exp(-4 y): exp(4 y) = exp(4 y(0)) + 4 s t, and the slope falls from 1e21 to 1/4.
    const [speed, from] = [1e9, Math.log(1e-3)];
    const { steps, end } = solve(([y = NaN]) => [speed * Math.exp(-4 * y)], [from], 1);
    assert.equal(end, 'end-time');
    for (const { time, values } of steps) {
      const exact = Math.log(Math.exp(4 * from) + 4 * speed * time) / 4;
      // About a hundred steps with errors of 1e-10 times 1 + |y|.
      assert.ok(
        Math.abs((values[0] ?? NaN) - exact) < 1e-7,
        `expected ${exact} at ${time}, got ${values.join()}`,
      );
    }
  });

  test('takes few steps on a stiff system: as many as the path needs, not as its fastest rate needs', () => {
    // x' = 1, y' = -1e9 (y - cos x) - sin x: y = cos t returns to its path within 1e-9.
    const slopes = ([x = NaN, y = NaN]: Iterable<number>) => [1, -1e9 * (y - Math.cos(x)) - Math.sin(x)];
    const { steps, end } = solve(slopes, [0, 1], 10);
    assert.equal(end, 'end-time');
    assert.ok(steps.length < 300, `${steps.length} steps`);
    for (const { time, values } of steps)
      assert.ok(Math.abs((values[1] ?? NaN) - Math.cos(time)) < 1e-8, `${values.join()} at ${time}`);
  });

  test('follows a stiff oscillation', () => {
    // SciPy's Radau, BDF and LSODA with rtol = atol = 1e-12 on Van der Pol's equation, mu = 1000, agree on these digits at t = 800.
    const expected = 1.08392336;
    const { steps } = solve(([y = NaN, v = NaN]) => [v, 1000 * (1 - y * y) * v - y], [2, 0], 800, {
      ...OPTIONS,
      largestStep: 100,
    });
    assert.ok(steps.length < 500, `${steps.length} steps`);
    assert.ok(Math.abs((steps.at(-1)?.values[0] ?? NaN) - expected) < 1e-7, steps.at(-1)?.values.join());
  });

  test('takes no step beyond largestStep', () => {
    const { steps } = solve(() => [1], [0], 10, { ...OPTIONS, largestStep: 0.25 });
    const lengths = steps.map(({ time }, i) => time - (steps[i - 1]?.time ?? 0));
    assert.ok(Math.max(...lengths) <= 0.25 + 1e-12);
  });

  test('ends as step-collapsed when the solution goes to infinity', () => {
    const { steps, end } = solve(([y = NaN]) => [y * y], [1], 2);
    assert.equal(end, 'step-collapsed');
    // y = 1 / (1 - t). y^2 overflows only within 1e-150 of t = 1, and the step is below rounding long before.
    assert.ok(Math.abs((steps.at(-1)?.time ?? NaN) - 1) < 1e-9);
  });

  test('ends as step-collapsed when the derivative becomes NaN', () => {
    const { steps, end } = solve(([y = NaN]) => [y < 0.5 ? 1 : NaN], [0], 2);
    assert.equal(end, 'step-collapsed');
    assert.ok(steps.every(({ values }) => (values[0] ?? NaN) <= 0.5));
  });

  test('rejects a step that leaves the domain of the derivative, and continues', () => {
    // y' = -1000 (y - 1/2) stays in [0.5, 0.9]; a trial step of 1 leaves it.
    const slope = (y: number) => (Math.abs(y) < 1 ? -1000 * (y - 0.5) : NaN);
    const { steps, end } = solve(([y = NaN]) => [slope(y)], [0.9], 1);
    assert.equal(end, 'end-time');
    for (const { time, values } of steps)
      // About a hundred steps with errors of 1e-10.
      assert.ok(Math.abs((values[0] ?? NaN) - 0.5 - 0.4 * Math.exp(-1000 * time)) < 1e-8);
  });

  test('ends as step-collapsed when the derivative is NaN from the start', () => {
    assert.deepEqual(
      solve(([y = NaN]) => [y === 0 ? 1 : NaN], [0], 2),
      { steps: [], end: 'step-collapsed' },
    );
  });

  test('ends as step-limit after maxSteps', () => {
    const { steps, end } = solve(() => [1], [0], 10, { ...OPTIONS, largestStep: 0.1, maxSteps: 7 });
    assert.equal(end, 'step-limit');
    assert.equal(steps.length, 7);
  });

  test('propagates errors of the derivative', () => {
    const failing = () => {
      throw new TypeError('no derivative');
    };
    assert.throws(() => solve(failing, [0], 1), TypeError);
  });
});

function solve(
  derivative: (values: Iterable<number>) => number[],
  start: number[],
  endTime: number,
  options = OPTIONS,
): { steps: OdeStep[]; end: OdeEnd } {
  const steps: OdeStep[] = [];
  const generator = integrate(derivative, start, endTime, options);
  for (;;) {
    const next = generator.next();
    if (next.done) return { steps, end: next.value };
    steps.push(next.value);
  }
}
