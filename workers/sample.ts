import { once } from 'node:events';
import { stringify } from 'csv-stringify/sync';
import { EXIT, InputError, UserError } from '../src/errors.js';
import '../src/experiments/index.js';
import { experimentOf } from '../src/task/registry.js';
import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { installPlugins } from '../src/input/plugins.js';
import type { SampleModule, SampleRequest } from '../src/task/protocol.js';

/** Entry of the process that draws points for `vae-sweep sample`: CSV to standard output, block by block. */
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
  if (sample === null) throw new InputError(`${task.name} has no model: there is nothing to draw from`);
  const { coordinates, samplePoints } = (await import(sample.href)) as SampleModule;
  // Whoever reads, as `head`, may have seen enough.
  process.stdout.on('error', () => process.exit());
  process.stdout.write(stringify([[...coordinates(task)]]));
  for (const rows of samplePoints(task, folder, count, seed))
    if (!process.stdout.write(stringify(rows))) await once(process.stdout, 'drain');
}
