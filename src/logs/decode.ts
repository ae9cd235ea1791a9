import { DataType, MessageReader, Precision, tableFromIPC, type Field, type Table } from 'apache-arrow';
import { MAGIC } from 'apache-arrow/ipc/message';
import { Footer, type FileBlock } from 'apache-arrow/ipc/metadata/file';
import type { RecordBatch } from 'apache-arrow/ipc/metadata/message';
import { withBudget } from './flatbuffers.js';

/**
 * A log in the file format, which anybody may have written: what it claims to hold is checked against its bytes before memory is
 * given to it.
 * @throws if it is not whole, or nothing that a log is
 */
export function decodeLog(bytes: Uint8Array): Table {
  const { footer, start } = readFooter(bytes);
  if (!footer.schema.fields.every(isLogColumn)) throw new Error('it has columns that no log has');
  if (footer.numDictionaries > 0) throw new Error('it has dictionaries, as no log has');
  let end = MAGIC.length;
  for (const block of footer.recordBatches()) {
    if (block.offset < end) throw new Error('its batches overlap');
    end = block.offset + block.metaDataLength + block.bodyLength;
    if (!(end <= start)) throw new Error('it is cut short');
    checkBatch(bytes, block);
  }
  return tableFromIPC(bytes);
}

/** At the end are the footer, its length and the magic. */
function readFooter(bytes: Uint8Array): { footer: Footer; start: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.length - MAGIC.length - Int32Array.BYTES_PER_ELEMENT;
  const isArrow = buffer.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isArrow || end < MAGIC.length) throw new Error('it is no Arrow file');
  const length = buffer.readInt32LE(end);
  const start = end - length;
  const isWhole = buffer.subarray(-MAGIC.length).equals(MAGIC) && length > 0 && start >= MAGIC.length;
  if (!isWhole) throw new Error('it is cut short');
  return { footer: withBudget(length, () => Footer.decode(buffer.subarray(start, end))), start };
}

function isLogColumn({ type }: Field): boolean {
  const column = type as DataType;
  return isLogNumber(column) || (DataType.isList(column) && isLogNumber(column.valueType as DataType));
}

/** What was read has no subclass for each width. */
function isLogNumber(type: DataType): boolean {
  if (DataType.isInt(type)) return type.bitWidth === 32 && type.isSigned;
  return DataType.isFloat(type) && type.precision !== Precision.HALF;
}

/** Each row of a log takes bytes of its batch's body. */
function checkBatch(bytes: Uint8Array, { offset, metaDataLength, bodyLength }: FileBlock): void {
  const message = new MessageReader(bytes.subarray(offset, offset + metaDataLength)).readMessage();
  if (message?.isRecordBatch() !== true || message.bodyLength !== bodyLength)
    throw new Error('its footer does not fit its batches');
  const { length, nodes, compression } = message.header() as RecordBatch & { compression: unknown };
  if (compression !== null) throw new Error('it is compressed, as no log is');
  if (![length, ...nodes.map((node) => node.length)].every((rows) => rows >= 0 && rows <= bodyLength))
    throw new Error('it claims to hold more rows than its bytes');
}
