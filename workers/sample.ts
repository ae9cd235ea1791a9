import { once } from 'node:events';
import { stringify } from 'csv-stringify/sync';
import { EXIT, InputError, UserError } from '../src/errors.js';
import '../src/experiments/index.js';
import { experimentOf } from '../src/task/registry.js';
import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { installPlugins } from '../src/input/plugins.js';
import type { SampleModule, SampleRequest } from '../src/task/protocol.js';

/**
 * Entry point of the process that draws points for `vae-sweep sample`. The first argument is a `SampleRequest` as JSON. Writes CSV to
 * standard output, block by block: a header with the coordinates, then one row per point. Exits with the code of the error.
 */
setNativeEnvironment();
try {
  await writePoints(JSON.parse(process.argv[2] ?? '') as SampleRequest);
} catch (error) {
  process.stderr.write(`vae-sweep: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UserError ? error.exitCode : EXIT.failure;
}

async function writePoints({ task, folder, count, seed, plugins }: SampleRequest): Promise<void> {
  await installPlugins(plugins);
  const { sample } = experimentOf(task.settings);
  if (sample === null) throw new InputError(`${task.name} trains no model, so it has no points to sample`);
  const { coordinates, samplePoints } = (await import(sample.href)) as SampleModule;
  // The reader, for example `head`, may close the pipe early.
  process.stdout.on('error', () => process.exit());
  process.stdout.write(stringify([[...coordinates(task)]]));
  for (const rows of samplePoints(task, folder, count, seed))
    if (!process.stdout.write(stringify(rows))) await once(process.stdout, 'drain');
}
