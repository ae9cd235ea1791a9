import { DataType, MessageReader, Precision, tableFromIPC, type Field, type Table } from 'apache-arrow';
import { MAGIC } from 'apache-arrow/ipc/message';
import { Footer, type FileBlock } from 'apache-arrow/ipc/metadata/file';
import type { RecordBatch } from 'apache-arrow/ipc/metadata/message';
import { withBudget } from './flatbuffers.js';

/**
 * Decodes a log in Arrow's file format. The file is not trusted: the sizes that it claims are checked against its bytes before memory is
 * allocated.
 * @throws if the file is truncated or not a log
 */
export function decodeLog(bytes: Uint8Array): Table {
  const { footer, start } = readFooter(bytes);
  if (!footer.schema.fields.every(isLogColumn))
    throw new Error('its columns have types that logs do not have');
  if (footer.numDictionaries > 0) throw new Error('it has dictionaries, which logs do not have');
  let end = MAGIC.length;
  for (const block of footer.recordBatches()) {
    if (block.offset < end) throw new Error('its batches overlap');
    end = block.offset + block.metaDataLength + block.bodyLength;
    if (!(end <= start)) throw new Error('it is truncated');
    checkBatch(bytes, block);
  }
  return tableFromIPC(bytes);
}

/** Reads the footer. A file ends with the footer, its length and the magic bytes. */
function readFooter(bytes: Uint8Array): { footer: Footer; start: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.length - MAGIC.length - Int32Array.BYTES_PER_ELEMENT;
  const isArrow = buffer.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isArrow || end < MAGIC.length) throw new Error('it is not an Arrow file');
  const length = buffer.readInt32LE(end);
  const start = end - length;
  const isComplete = buffer.subarray(-MAGIC.length).equals(MAGIC) && length > 0 && start >= MAGIC.length;
  if (!isComplete) throw new Error('it is truncated');
  return { footer: withBudget(length, () => Footer.decode(buffer.subarray(start, end))), start };
}

function isLogColumn({ type }: Field): boolean {
  const column = type as DataType;
  return isLogNumber(column) || (DataType.isList(column) && isLogNumber(column.valueType as DataType));
}

/** Returns whether logs have this type. Types of decoded files have no subclasses by width. */
function isLogNumber(type: DataType): boolean {
  if (DataType.isInt(type)) return type.bitWidth === 32 && type.isSigned;
  return DataType.isFloat(type) && type.precision !== Precision.HALF;
}

/** Checks the number of rows of a batch. Each row takes up at least one byte of the batch's body. */
function checkBatch(bytes: Uint8Array, { offset, metaDataLength, bodyLength }: FileBlock): void {
  const message = new MessageReader(bytes.subarray(offset, offset + metaDataLength)).readMessage();
  if (message?.isRecordBatch() !== true || message.bodyLength !== bodyLength)
    throw new Error('its footer does not match its batches');
  const { length, nodes, compression } = message.header() as RecordBatch & { compression: unknown };
  if (compression !== null) throw new Error('it is compressed, unlike logs');
  if (![length, ...nodes.map((node) => node.length)].every((rows) => rows >= 0 && rows <= bodyLength))
    throw new Error('it claims more rows than its bytes can hold');
}
