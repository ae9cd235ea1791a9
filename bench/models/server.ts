import '../../src/compiler/native/prepare.js';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { encodeSafetensors } from '../../src/store/safetensors.js';
import type { BenchmarkModel } from './model.js';
import { Trainer } from './trainer.js';
import { CHECK_STEPS, checkNoise, MODELS, startParameters } from './training.js';

/**
 * Trains the models of the benchmark with the C engine, in a separate process. Requests are lines, as for `peer.py`. Each answer is a
 * line of JSON, with the key `error` if the request was invalid:
 *
 *     write classifier FILE        writes the start, the data set and the check's noise, which the peers read
 *     check classifier             trains ten steps from the start with that noise: the loss of each
 *     prepare classifier 100       compiles the model for this many steps per call
 *     run classifier 100 20        makes 20 calls of 100 steps: microseconds per step
 */
const trainers = new Map<string, Trainer>();

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(answer(line))}\n`);

function answer(line: string): object {
  const [request, name = '', argument = '', calls] = line.split(' ');
  try {
    const model = modelOf(name);
    if (request === 'write') return write(model, argument);
    if (request === 'check') return { losses: [...new Trainer(model, CHECK_STEPS, 'given').call()] };
    if (request === 'prepare') return prepare(name, model, Number(argument));
    if (request === 'run') return run(name, Number(argument), Number(calls));
    return { error: `request must be one of write, check, prepare, run, got ${String(request)}` };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function prepare(name: string, model: BenchmarkModel, steps: number): object {
  const trainer = new Trainer(model, steps, 'drawn');
  trainer.call();
  trainers.set(name, trainer);
  return {};
}

function run(name: string, steps: number, calls: number): object {
  const trainer = trainers.get(name);
  if (trainer === undefined) throw new Error(`${name} must be prepared before it runs`);
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let call = 0; call < calls; call++) trainer.call();
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const count = steps * calls;
  return { usPerStep: (elapsedMs * 1000) / count, cpuUsPerStep: (user + system) / count };
}

/** Writes what the peers start from, by the names of the parameters and of the arrays of the data set. */
function write(model: BenchmarkModel, file: string): object {
  const dataset = model
    .dataset()
    .map((tensor, index) => [`data.${model.arrays[index] ?? ''}`, tensor] as const);
  const entries = [
    ...Object.entries(startParameters(model)),
    ...dataset,
    ['check.noise', checkNoise(model)] as const,
  ];
  const tensors = entries.map(([name, tensor]) => ({
    name,
    shape: tensor.shape,
    values: tensor.dataSync<'float32' | 'int32'>(),
  }));
  writeFileSync(file, encodeSafetensors({}, tensors));
  return {};
}

function modelOf(name: string): BenchmarkModel {
  const model = Object.entries(MODELS).find(([known]) => known === name)?.[1];
  if (model === undefined)
    throw new RangeError(`model must be one of ${Object.keys(MODELS).join(', ')}, got ${name}`);
  return model;
}
