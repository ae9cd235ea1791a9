import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { timeout, type SimulatedBucket } from './bucket-model.js';
import type { FakeReadStream } from './file-streams.js';
import type { SimulatedProcess } from './process.js';
import { currentProcess } from './world.js';

interface Input {
  readonly Key?: string;
  readonly Prefix?: string;
}

/** Replaces the methods of Amazon's library that send requests. */
export function simulateBucketClients(): void {
  const send = async (command: {
    readonly constructor: { readonly name: string };
    readonly input: Input;
  }) => {
    const { process, bucket } = access();
    const { Key = '', Prefix = '' } = command.input;
    switch (command.constructor.name) {
      case 'ListObjectsV2Command':
        return bucket.request(process, (objects) => ({
          Contents: [...objects.keys()].filter((key) => key.startsWith(Prefix)).map((key) => ({ Key: key })),
        }));
      case 'HeadObjectCommand':
        return bucket.request(process, (objects) => find(objects, Key, 'NotFound'));
      case 'DeleteObjectCommand':
        return bucket.request(process, (objects) => objects.delete(Key));
      case 'GetObjectCommand': {
        const content = await bucket.request(process, (objects) => find(objects, Key, 'NoSuchKey'));
        return { Body: Readable.from(parts(content, process, bucket)) };
      }
      default:
        throw new Error(`${command.constructor.name} is not simulated.`);
    }
  };
  const done = async function (this: {
    readonly params: { readonly Key: string; readonly Body: FakeReadStream };
  }) {
    const { process, bucket } = access();
    const { Key, Body } = this.params;
    const content = Body.content();
    await bucket.request(process, (objects) => objects.set(Key, content));
  };
  Object.assign(S3Client.prototype, { send });
  Object.assign(Upload.prototype, { done });
}

function access(): { process: SimulatedProcess; bucket: SimulatedBucket } {
  const process = currentProcess();
  const bucket = process?.world.bucket;
  if (process === undefined || bucket == null) throw new Error('There is no simulated bucket.');
  return { process, bucket };
}

function find(objects: ReadonlyMap<string, Buffer>, key: string, problem: string): Buffer {
  const content = objects.get(key);
  if (content === undefined) throw Object.assign(new Error(problem), { name: problem });
  return content;
}

/** Yields an object in two parts, between which the connection may be lost. */
async function* parts(content: Buffer, process: SimulatedProcess, bucket: SimulatedBucket) {
  const half = content.length >> 1;
  if (half > 0) yield content.subarray(0, half);
  await bucket.latency();
  if (bucket.isLost(process)) throw timeout();
  yield content.subarray(half);
}
