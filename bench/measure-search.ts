import { mean, quantile as sampleQuantile } from 'simple-statistics';
import { z } from 'zod';
import { quantile } from '../src/search/distributions.js';
import { randomWords, unitNumber } from '../src/search/random.js';
import { samplers, SAMPLER_NAMES, type SamplerName } from '../src/search/samplers/index.js';
import { proposeBatch, type Trial } from '../src/search/tpe.js';
import type { SettingValues } from '../src/task/setting-values.js';
import { projectFile } from './command-line.js';
import { LineChild } from './line-child.js';
import type { MeasureOptions } from './options.js';
import type { SearchResult } from './result.js';
import { SEARCH_PROBLEMS, type SearchProblem } from './search-problems.js';

const EVALUATIONS = 100;
const BATCH_SIZES = [1, 10];
const RESAMPLES = 10_000;

/** A method of search. `search` returns the points of one repetition, in order. */
interface Method {
  readonly name: string;
  readonly search: (problem: SearchProblem, seed: number, evaluations: number) => Promise<readonly Trial[]>;
}

/**
 * Compares methods of search by the distance of the best value found from the minimum, over `rounds` repetitions with different seeds
 * and the same number of evaluations.
 */
export async function measureSearch(options: MeasureOptions): Promise<SearchResult> {
  const evaluations = Math.min(options.steps ?? EVALUATIONS, EVALUATIONS);
  const optuna = options.optuna === undefined ? null : await startOptuna(options.optuna);
  try {
    const methods = [
      ...SAMPLER_NAMES.map(sampling),
      ...BATCH_SIZES.map(tpe),
      ...(optuna === null ? [] : BATCH_SIZES.map((batchSize) => optunaTpe(optuna, batchSize))),
    ];
    const comparisons: SearchResult['comparisons'] = [];
    for (const problem of SEARCH_PROBLEMS)
      for (const { name, search } of methods) {
        options.progress(`search: ${problem.name}, ${name}`);
        const regrets: number[] = [];
        for (let seed = 1; seed <= options.rounds; seed++) {
          const trials = await search(problem, seed, evaluations);
          regrets.push(Math.min(...trials.map(({ loss }) => loss ?? Infinity)) - problem.min);
        }
        comparisons.push({ problem: problem.name, method: name, regret: meanWithInterval(regrets) });
      }
    const optunaVersion =
      optuna === null ? null : await optuna.ask('{"info": true}', z.object({ optuna: z.string() }));
    return { evaluations, optunaVersion: optunaVersion?.optuna ?? null, comparisons };
  } finally {
    await optuna?.end();
  }
}

function sampling(name: SamplerName): Method {
  const search = (problem: SearchProblem, seed: number, evaluations: number) => {
    const columns = problem.space.map((_, dimension) =>
      samplers[name].coordinates(seed, dimension, evaluations),
    );
    const points = Array.from({ length: evaluations }, (_, point) =>
      Object.fromEntries(
        problem.space.map((setting, i) => [
          setting.name,
          quantile(setting.distribution, unitNumber(columns[i]?.[point] ?? 0)),
        ]),
      ),
    );
    return Promise.resolve(points.map((values) => evaluate(problem, values)));
  };
  return { name, search };
}

function tpe(batchSize: number): Method {
  const search = (problem: SearchProblem, seed: number, evaluations: number) => {
    const trials: Trial[] = [];
    while (trials.length < evaluations) {
      const batch = proposeBatch(problem.space, { seed, batchSize }, trials);
      trials.push(...batch.map((values) => evaluate(problem, values)));
    }
    return Promise.resolve(trials.slice(0, evaluations));
  };
  return { name: `tpe, ${batchText(batchSize)}`, search };
}

function optunaTpe(optuna: LineChild, batchSize: number): Method {
  const empty = z.object({});
  const search = async (problem: SearchProblem, seed: number, evaluations: number) => {
    const ranges = problem.space.map(({ distribution }) =>
      'low' in distribution ? [distribution.low, distribution.high] : [],
    );
    await optuna.ask(JSON.stringify({ seed, ranges }), empty);
    const trials: Trial[] = [];
    while (trials.length < evaluations) {
      const { points } = await optuna.ask(
        JSON.stringify({ batch: batchSize }),
        z.object({ points: z.array(z.array(z.number())) }),
      );
      const batch = points.map((point) =>
        evaluate(problem, Object.fromEntries(point.map((value, i) => [`x${i}`, value]))),
      );
      await optuna.ask(JSON.stringify({ losses: batch.map(({ loss }) => loss) }), empty);
      trials.push(...batch);
    }
    return trials.slice(0, evaluations);
  };
  return { name: `optuna tpe, ${batchText(batchSize)}`, search };
}

function batchText(batchSize: number): string {
  return batchSize === 1 ? 'one by one' : `batches of ${batchSize}`;
}

function evaluate(problem: SearchProblem, values: SettingValues): Trial & { readonly loss: number } {
  return { values, loss: problem.valueAt(values) };
}

async function startOptuna(python: string): Promise<LineChild> {
  return LineChild.start('optuna', [python, projectFile('bench/optuna_tpe.py')], null);
}

/** Returns the mean, and its 95% percentile interval by the bootstrap. */
function meanWithInterval(samples: readonly number[]): SearchResult['comparisons'][number]['regret'] {
  const means = Array.from({ length: RESAMPLES }, (_, resample) =>
    mean(
      samples.map(
        (_, i) => samples[Math.floor(unitNumber(randomWords(0, resample, i)[0]) * samples.length)] ?? 0,
      ),
    ),
  );
  return {
    mean: mean([...samples]),
    low: sampleQuantile(means, 0.025),
    high: sampleQuantile(means, 0.975),
    samples: [...samples],
  };
}
