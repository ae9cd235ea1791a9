import { lineOutput } from '../../../src/api/run-lines.js';
import { onStopRequest } from '../../../src/cli/stop-request.js';
import { EXIT } from '../../../src/errors.js';
import { parseQueueUrl } from '../../../src/remote/queue/address.js';
import { runQueueWorker } from '../../../src/remote/queue/run-worker.js';
import { openSpecBucket, readSpec, TEST_TIMING } from './fleet.js';

/** The entry point of a worker process that trains stand-in tasks. */
const spec = readSpec();
const { redis, outDir, slots = 1, numerics = 1, timing, thread = '../../run/stand-in-worker.js' } = spec;
const stop = new AbortController();
onStopRequest((reason) => {
  stop.abort(reason);
});
try {
  await runQueueWorker({
    queue: parseQueueUrl(redis),
    outDir,
    bucket: (await openSpecBucket(spec, stop.signal)) ?? null,
    workers: slots,
    checkpointEveryMs: 1000,
    stallMs: 60_000,
    memoryBytes: Infinity,
    versions: { tensorflow: '2.21.0', numerics, theory: 1 },
    signal: stop.signal,
    output: lineOutput((line) => process.stderr.write(`${line}\n`), 'worker'),
    workerUrl: new URL(thread, import.meta.url),
    timing: { ...TEST_TIMING, ...timing },
  });
  process.exitCode = EXIT.interrupted;
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = EXIT.failure;
}
