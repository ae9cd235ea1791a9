import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { fastestFirst, measureInTurn, ratiosOf, type Contender } from './contenders.js';
import { LineChild } from './line-child.js';
import { coreToPin } from './machine.js';
import type { MeasureOptions } from './options.js';
import type { ModelsResult } from './result.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Steps per call of every program, by model: a call takes a fraction of a second. `models/training.ts` defines the models. */
const CALL_STEPS = { classifier: 1_000, 'image-vae': 100, transformer: 100 } as const;
/** Steps per measurement. */
const STEPS = { classifier: 8_000, 'image-vae': 400, transformer: 400 } as const;
type ModelName = keyof typeof STEPS;

/** The peers' programs and their variants, which each program describes. */
const PEERS = [
  ['jax', 'plain'],
  ['jax', 'flat'],
  ['torch', 'plain'],
  ['torch', 'functional'],
] as const;

/** A peer whose losses differ by more does not train the same model. The losses are sums of many rounded numbers. */
const MAX_DIFFERENCE = 1e-4;

const lossesSchema = z.object({ losses: z.array(z.number()).min(1) });
const versionsSchema = z.object({ jax: z.string(), jaxlib: z.string(), torch: z.string() }).partial();

/**
 * Measures models that are not the paper's, in the C engine and in its peers JAX and PyTorch. All processes are pinned to one core and
 * take turns. Before, every peer trains a few steps from the same start with the same noise.
 * @throws an Error if the losses of a peer differ from those of the C engine
 */
export async function measureModels(options: MeasureOptions): Promise<ModelsResult> {
  return inTemporaryFolder(async (folder) => {
    const contenders: Contender[] = [];
    try {
      for await (const contender of startAll(options.peers)) contenders.push(contender);
      let result: ModelsResult = { versions: {}, programs: [], ratios: [], differences: [] };
      for (const { child } of contenders.slice(1))
        result = {
          ...result,
          versions: { ...result.versions, ...(await child.ask('info', versionsSchema)) },
        };
      for (const model of Object.keys(STEPS) as ModelName[]) {
        const file = path.join(folder, `${model}.safetensors`);
        const differences = await compareLosses(model, file, contenders, options);
        const programs = await measureModel(model, file, contenders, options);
        result = {
          versions: result.versions,
          programs: [...result.programs, ...programs],
          ratios: [...result.ratios, ...ratiosOf(programs, fastestFirst(programs.slice(1)))],
          differences: [...result.differences, ...differences],
        };
      }
      return result;
    } finally {
      for (const { child } of contenders) await child.end();
    }
  });
}

/** Starts the C engine, and then the peers. */
async function* startAll(python: string | undefined): AsyncGenerator<Contender> {
  const core = coreToPin();
  setNativeEnvironment();
  const server = fileURLToPath(new URL('models/server.js', import.meta.url));
  yield { program: 'c', child: await LineChild.start('the C engine', [process.execPath, server], core) };
  if (python === undefined) return;
  for (const [peer, variant] of PEERS) {
    const file = fileURLToPath(new URL(`../../bench/models/${peer}_models.py`, import.meta.url));
    const program = `${peer} ${variant}`;
    yield { program, child: await LineChild.start(program, [python, file, '--variant', variant], core) };
  }
}

/** Writes the start of a model, and returns the largest relative difference of each peer's losses to those of the C engine. */
async function compareLosses(
  model: ModelName,
  file: string,
  [own, ...peers]: readonly Contender[],
  { progress }: MeasureOptions,
): Promise<ModelsResult['differences']> {
  if (own === undefined || peers.length === 0) return [];
  progress(`models: ${model}, comparing losses`);
  await own.child.ask(`write ${model} ${file}`, z.object({}));
  const expected = await own.child.ask(`check ${model}`, lossesSchema);
  const differences: ModelsResult['differences'] = [];
  for (const { program, child } of peers) {
    const { losses } = await child.ask(`check ${model} ${file}`, lossesSchema);
    const difference = largestDifference(losses, expected.losses);
    if (!(difference <= MAX_DIFFERENCE))
      throw new Error(
        `${program} trains another ${model}: its losses differ by ${difference} from those of the C engine, more than ${MAX_DIFFERENCE}`,
      );
    differences.push({ shape: model, program, difference });
  }
  return differences;
}

function largestDifference(losses: readonly number[], expected: readonly number[]): number {
  return Math.max(...expected.map((loss, step) => Math.abs((losses[step] ?? NaN) / loss - 1)));
}

async function measureModel(
  model: ModelName,
  file: string,
  contenders: readonly Contender[],
  { rounds, steps = STEPS[model], progress }: MeasureOptions,
): Promise<ModelsResult['programs']> {
  const callSteps = Math.min(CALL_STEPS[model], steps);
  const calls = Math.floor(Math.min(steps, STEPS[model]) / callSteps);
  const prepared = contenders.map((contender) => ({ ...contender, callSteps, calls }));
  for (const { program, child } of prepared) {
    progress(`models: ${model}, compiling ${program}`);
    const start = program === 'c' ? '' : ` ${file}`;
    await child.ask(`prepare ${model}${start} ${callSteps}`, z.object({}));
  }
  return measureInTurn(prepared, model, rounds, (round) => {
    progress(`models: ${model}, round ${round} of ${rounds}`);
  });
}
