import { runSweep } from '../../../src/run/run-sweep.js';
import { runOutput } from '../../../src/cli/run-output.js';
import { onStopRequest } from '../../../src/cli/stop-request.js';
import { EXIT } from '../../../src/errors.js';
import { BucketExchange } from '../../../src/remote/bucket/bucket-exchange.js';
import { parseQueueUrl } from '../../../src/remote/queue/address.js';
import { executeQueued } from '../../../src/remote/queue/execute-queued.js';
import { standInOptions } from '../../run/stand-in.js';
import { openSpecBucket, readSpec, TEST_TIMING } from './fleet.js';

/** The entry point of a coordinator process that lets workers train stand-in tasks. */
const spec = readSpec();
const { redis, outDir, tasks = [], retries = 1, timing } = spec;
const stop = new AbortController();
onStopRequest((reason) => {
  stop.abort(reason);
});
const bucket = await openSpecBucket(spec, stop.signal);
const result = await runSweep(
  { name: 'mine', file: 'mine.yaml', tasks },
  {
    ...standInOptions(outDir),
    retries,
    signal: stop.signal,
    output: runOutput(process.stderr),
    executor: async (start, context) =>
      executeQueued(start, {
        ...context,
        address: parseQueueUrl(redis),
        timing: { ...TEST_TIMING, ...timing },
        ...(bucket && { bucket }),
      }),
    ...(bucket && { exchange: new BucketExchange(bucket) }),
  },
);
process.stderr.write(`${result.done} done, ${result.failed.length} failed\n`);
process.exitCode = result.interrupted ? EXIT.interrupted : EXIT.ok;
