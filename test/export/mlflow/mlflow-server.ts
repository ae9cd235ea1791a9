import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../free-port.js';
import { skipWithout } from '../../required-tool.js';
import { waitUntil } from '../../wait-until.js';

const PROGRAM = process.env['VAE_SWEEP_MLFLOW'] ?? 'mlflow';

/** Why the tests with a real MLflow server are skipped, or false. */
export const noMlflow = skipWithout(
  spawnSync('sh', ['-c', 'command -v "$0"', PROGRAM]).status === 0
    ? false
    : 'mlflow is not installed (install test/export/mlflow/requirements.txt, and set VAE_SWEEP_MLFLOW to the path of mlflow)',
);

/** An MLflow server on a free local port, with a database and files in a temporary folder. */
export class MlflowServer {
  readonly url: string;
  readonly #child: ChildProcess;

  static async start(): Promise<MlflowServer> {
    const server = new MlflowServer(await freePort());
    await waitUntil(`${PROGRAM} answers`, async () => server.#answers(), 200);
    return server;
  }

  private constructor(port: number) {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-mlflow-'));
    this.url = `http://127.0.0.1:${port}`;
    const address = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
    const store = [
      ...['--backend-store-uri', `sqlite:///${folder}/mlflow.db`],
      ...['--artifacts-destination', path.join(folder, 'artifacts')],
    ];
    this.#child = spawn(PROGRAM, ['server', ...address, ...store], {
      stdio: 'ignore',
      // Its own group, because the command starts other processes.
      detached: true,
      env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
    });
  }

  /** Calls the REST API. @param path the path below `/api/2.0/` @param body JSON to post; undefined to get */
  async call(path: string, body?: object): Promise<Response> {
    return fetch(`${this.url}/api/2.0/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
  }

  async stop(): Promise<void> {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    process.kill(-pid, 'SIGKILL');
    await ended;
  }

  async #answers(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`${PROGRAM} ended`);
    try {
      return (await fetch(`${this.url}/health`)).ok;
    } catch {
      return false;
    }
  }
}
