import { EXIT, InputError } from '../errors.js';
import type { SendResult } from '../export/mlflow/send-sweep.js';
import type { Sweep } from '../sweep/load.js';
import { formatCount } from '../units.js';
import { onStopRequest } from './stop-request.js';
import { countTasks } from './task-counter.js';

/** The value of `--to` that stands for an MLflow server, whose address follows. */
export const MLFLOW = 'mlflow';

/** Sends the sweep to an MLflow server, and prints what was sent. Throws if the server can't be used. */
export async function exportToMlflow(sweep: Sweep, outDir: string, address: string): Promise<void> {
  const url = parseAddress(address);
  const { sendSweep } = await import('../export/mlflow/send-sweep.js');
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(new Error(reason));
  });
  const counter = countTasks(sweep.tasks.length);
  try {
    const result = await sendSweep(sweep, {
      outDir,
      url,
      authorization: authorizationOf(process.env),
      signal: stop.signal,
      onTask: () => {
        counter.increment();
      },
    });
    counter.stop();
    process.stdout.write(`${url.href}\n`);
    process.stderr.write(noteText(result));
    if (result.corrupt.length > 0) process.exitCode = EXIT.failure;
  } catch (error) {
    counter.stop();
    if (!stop.signal.aborted) throw error;
    process.stderr.write('stopped: run the same command again to send the rest\n');
    process.exitCode = EXIT.interrupted;
  } finally {
    removeHandlers();
  }
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  // The text may contain a password, so the error does not repeat it.
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InputError(`--to mlflow: expected the address of a server, for example http://localhost:5000`);
  if (url.username !== '' || url.password !== '')
    throw new InputError(
      '--to mlflow: the address contains a password: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD instead',
    );
  // The address of a page of MLflow is that of its server.
  url.hash = url.search = '';
  return url;
}

/** Reads the variables that MLflow's own clients read. */
function authorizationOf(environment: NodeJS.ProcessEnv): string | null {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: name,
    MLFLOW_TRACKING_PASSWORD: password,
  } = environment;
  if (name !== undefined && password !== undefined)
    return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  return token === undefined ? null : `Bearer ${token}`;
}

function noteText({ sent, unchanged, unfinished, withoutArtifacts, corrupt }: SendResult): string {
  const lines = [`Sent ${formatCount(sent)} tasks`];
  if (unchanged > 0) lines.push(`${formatCount(unchanged)} tasks were there already`);
  if (unfinished > 0) lines.push(`${formatCount(unfinished)} tasks are not done: left out`);
  if (withoutArtifacts > 0)
    lines.push(
      `${formatCount(withoutArtifacts)} tasks have no artifacts there, because this server does not take them: start it with --serve-artifacts, or send the sweep to the server that its artifact root names`,
    );
  for (const { name, problem } of corrupt) lines.push(`Corrupt: ${name}: ${problem}`);
  return `${lines.join('\n')}\n`;
}
