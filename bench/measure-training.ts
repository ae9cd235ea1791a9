import { z } from 'zod';
import type { ExperimentName } from '../src/experiments/vae/settings/training-data.js';
import { fastestFirst, measureInTurn, ratiosOf, type Contender } from './contenders.js';
import { startEngine } from './engine.js';
import { JAX_VARIANTS, askVersions, startJax } from './jax.js';
import { coreToPin } from './machine.js';
import type { MeasureOptions } from './options.js';
import type { ProgramResult, RatioResult, TrainingResult } from './result.js';
import { SHAPES } from './shapes.js';

/** Steps per call, the maximum of workers; JAX uses the same. */
const CALL_STEPS = 1_000;
/** Steps per measurement, which take one to three seconds. */
const COMPILED_STEPS: Record<ExperimentName, number> = { linear: 60_000, sigmoid: 40_000, sphere: 2_000 };
const EAGER_STEPS = 100;

/**
 * Measures all programs in turn, round by round, so that temporary slowdowns of the machine affect all of them. All processes are pinned to
 * the same core; while one measures, the others wait for requests.
 */
export async function measureTraining(options: MeasureOptions): Promise<TrainingResult> {
  const contenders: Contender[] = [];
  try {
    for await (const contender of startAll(options.peers)) contenders.push(contender);
    const jax = contenders.find(({ program }) => program.startsWith('jax'));
    const jaxVersions = jax ? await askVersions(jax.child) : null;
    const programs: ProgramResult[] = [];
    for (const shape of SHAPES) programs.push(...(await measureShape(shape, contenders, options)));
    const ratios = SHAPES.flatMap((shape) => {
      const ofShape = programs.filter((program) => program.shape === shape);
      return [...ratioOfStreams(ofShape), ...ratioToJax(ofShape)];
    });
    return { jaxVersions, programs, ratios };
  } finally {
    for (const { child } of contenders) await child.end();
  }
}

async function* startAll(python: string | undefined): AsyncGenerator<Contender> {
  const core = coreToPin();
  yield { program: 'c', child: await startEngine('c', core) };
  for (const variant of ['fold-in', 'released-code'] as const)
    yield { program: `c ${variant}`, child: await startEngine('c', core, variant) };
  yield { program: 'xla', child: await startEngine('xla', core) };
  if (python !== undefined) {
    for (const variant of JAX_VARIANTS)
      yield { program: `jax ${variant}`, child: await startJax(python, variant, core) };
  }
  yield { program: 'eager', child: await startEngine('eager', core) };
}

async function measureShape(
  shape: ExperimentName,
  contenders: readonly Contender[],
  { rounds, steps, progress }: MeasureOptions,
): Promise<ProgramResult[]> {
  const measured = contenders.map(({ program, child }) => ({
    ...{ program, child },
    ...callsOf(program, shape, steps),
  }));
  for (const { program, child, callSteps } of measured) {
    progress(`training: ${shape}, compiling ${program}`);
    await child.ask(`prepare ${shape} ${callSteps}`, z.object({}));
  }
  return measureInTurn(measured, shape, rounds, (round) => {
    progress(`training: ${shape}, round ${round} of ${rounds}`);
  });
}

function callsOf(
  program: string,
  shape: ExperimentName,
  most: number | undefined,
): { callSteps: number; calls: number } {
  const usual = program === 'eager' ? EAGER_STEPS : COMPILED_STEPS[shape];
  const steps = Math.min(usual, most ?? usual);
  const callSteps = Math.min(CALL_STEPS, steps);
  return { callSteps, calls: Math.floor(steps / callSteps) };
}

/** Compares the released code's random streams with this project's own, both with decoder noise. */
function ratioOfStreams(programs: readonly ProgramResult[]): RatioResult[] {
  const named = (name: string) => programs.filter(({ program }) => program === name);
  return ratiosOf(named('c released-code'), named('c fold-in'));
}

/** Compares with the JAX variant that has the lowest median, the same one in all rounds. */
function ratioToJax(programs: readonly ProgramResult[]): RatioResult[] {
  const jax = programs.filter(({ program }) => program.startsWith('jax'));
  return ratiosOf(
    programs.filter(({ program }) => program === 'c'),
    fastestFirst(jax),
  );
}
