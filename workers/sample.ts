import { once } from 'node:events';
import { stringify } from 'csv-stringify/sync';
import { setNativeEnvironment } from '../src/native/environment.js';
import { loadPlugin } from '../src/plugins/load.js';
import { installPlugin } from '../src/plugins/registry.js';
import type { SampleRequest } from '../src/training/protocol.js';

/** Entry of the process that draws points for `vae-sweep sample`: CSV to standard output, block by block. */
setNativeEnvironment();
const { task, folder, count, seed, plugins } = JSON.parse(process.argv[2] ?? '') as SampleRequest;
for (const file of plugins) installPlugin(await loadPlugin(file));
const { samplePoints } = await import('../src/training/sample.js');
// Whoever reads, as `head`, may have seen enough.
process.stdout.on('error', () => process.exit());
process.stdout.write(
  stringify([Array.from({ length: task.settings.ambientDim }, (_, i) => `x${String(i + 1)}`)]),
);
for (const rows of samplePoints(task, folder, count, seed))
  if (!process.stdout.write(stringify(rows))) await once(process.stdout, 'drain');
