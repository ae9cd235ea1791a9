import { ByteStream, MessageReader, type Schema } from 'apache-arrow';
import { withBudget } from './flatbuffers.js';

/** Where a message lies: its metadata, and then its body. */
export interface Block {
  readonly start: number;
  readonly metadataLength: number;
  readonly bodyLength: number;
}

/** Where a stream's record batches lie. */
export function readStream(stream: Uint8Array): { schema: Schema; blocks: Block[] } {
  const source = new CountedBytes(stream);
  const reader = new MessageReader(source);
  const schema = withBudget(stream.length, () => reader.readSchema(true));
  if (!schema) throw new Error('a stream has no schema');
  const blocks: Block[] = [];
  let start = source.position;
  for (let message = reader.readMessage(); message !== null; message = reader.readMessage()) {
    const { bodyLength } = message;
    blocks.push({ start, metadataLength: source.position - start, bodyLength });
    reader.readMessageBody(bodyLength);
    start = source.position;
  }
  return { schema, blocks };
}

/** Bytes of a stream's schema and of its whole batches: one that is being written may end within a batch. */
export function wholeBytes(stream: Uint8Array): number {
  const source = new CountedBytes(stream);
  const reader = new MessageReader(source);
  let end = 0;
  try {
    withBudget(stream.length, () => reader.readSchema(true));
    end = source.position;
    for (let message = reader.readMessage(); message !== null; message = reader.readMessage()) {
      if (source.position + message.bodyLength > stream.length) break;
      reader.readMessageBody(message.bodyLength);
      end = source.position;
    }
  } catch {
    // Cut within a message: what comes before it is whole.
  }
  return end;
}

/** Bytes that know how many of them were read. */
class CountedBytes extends ByteStream {
  position = 0;

  override read(size?: number | null): Uint8Array | null {
    if (typeof size === 'number' && size < 0) throw new Error('a message has a negative length');
    const bytes = super.read(size);
    this.position += bytes?.byteLength ?? 0;
    return bytes;
  }
}
