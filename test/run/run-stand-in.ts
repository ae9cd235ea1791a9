import { runSweep } from '../../src/run/run-sweep.js';
import { runOutput } from '../../src/cli/run-output.js';
import { onStopRequest } from '../../src/cli/stop-request.js';
import { EXIT } from '../../src/errors.js';
import type { Behavior } from './stand-in.js';
import { standInOptions, standInTask } from './stand-in.js';

/** The entry point of a process that runs one stand-in task. Its arguments are the out folder and the behavior. */
const [outDir = '', behavior = ''] = process.argv.slice(2);
const stop = new AbortController();
onStopRequest((reason) => {
  stop.abort(reason);
});
const result = await runSweep(
  { name: 'mine', file: 'mine.yaml', tasks: [standInTask(2, behavior as Behavior)] },
  { ...standInOptions(outDir), signal: stop.signal, output: runOutput(process.stderr) },
);
process.exitCode = result.interrupted ? EXIT.interrupted : EXIT.ok;
