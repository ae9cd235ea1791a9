import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePort } from '../../free-port.js';
import { skipWithout } from '../../required-tool.js';
import { waitUntil } from '../../wait-until.js';

const PROGRAM = process.env['VAE_SWEEP_MOTO_SERVER'] ?? 'moto_server';

/** Why the tests with a real S3 server are skipped, or false. */
export const noS3 = skipWithout(
  spawnSync('sh', ['-c', 'command -v "$0"', PROGRAM]).status === 0
    ? false
    : 'moto_server is not installed (pip install moto[server], or set VAE_SWEEP_MOTO_SERVER to its path)',
);

/**
 * Runs moto's S3 server on a free local port, and sets the environment so that this process and its children use it. The server keeps
 * everything in memory.
 */
export class S3Server {
  readonly port: number;
  readonly #client: S3Client;
  #child: ChildProcess | null = null;

  static async start(): Promise<S3Server> {
    const server = new S3Server(await freePort());
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.port = port;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'access-key',
      AWS_SECRET_ACCESS_KEY: 'secret-key',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    });
    this.#client = new S3Client({ forcePathStyle: true });
  }

  /** Starts the server, or restarts it without its contents. */
  async start(): Promise<void> {
    const child = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(this.port)], { stdio: 'ignore' });
    this.#child = child;
    await waitUntil(`${PROGRAM} answers`, async () => {
      if (child.exitCode !== null) throw new Error(`${PROGRAM} ended`);
      return this.#answers();
    });
  }

  /** Deletes all buckets. Starts the server if it was killed. */
  async reset(): Promise<void> {
    if (this.#child === null) await this.start();
    else await fetch(`http://127.0.0.1:${this.port}/moto-api/reset`, { method: 'POST' });
  }

  async createBucket(name: string): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: name }));
  }

  async put(bucket: string, key: string, content: string | Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  /** Returns up to a thousand keys. */
  async keys(bucket: string): Promise<string[]> {
    const { Contents = [] } = await this.#client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = '' }) => Key);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/moto-api/`)).ok;
    } catch {
      return false;
    }
  }
}
