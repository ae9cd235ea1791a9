import { ByteStream, MessageReader, type Schema } from 'apache-arrow';
import { withBudget } from './flatbuffers.js';

/** The position of a message: its metadata followed by its body. */
export interface Block {
  readonly start: number;
  readonly metadataLength: number;
  readonly bodyLength: number;
}

/** Returns a stream's schema and the positions of its record batches. */
export function readStream(stream: Uint8Array): { schema: Schema; blocks: Block[] } {
  const source = new CountedBytes(stream);
  const reader = new MessageReader(source);
  const schema = withBudget(stream.length, () => reader.readSchema(true));
  if (!schema) throw new Error('the stream has no schema');
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

/** Returns the length of a stream's schema and complete batches. A stream that is being written may end within a batch. */
export function completeBytes(stream: Uint8Array): number {
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
    // The stream ends within a message. Everything before it is complete.
  }
  return end;
}

/** A byte stream that counts the bytes read. */
class CountedBytes extends ByteStream {
  position = 0;

  override read(size?: number | null): Uint8Array | null {
    if (typeof size === 'number' && size < 0) throw new Error('a message has a negative length');
    const bytes = super.read(size);
    this.position += bytes?.byteLength ?? 0;
    return bytes;
  }
}
