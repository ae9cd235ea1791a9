import { readsOf, type Operation, type Program } from './program.js';
import { isContiguous, isWhole, sizeOf, type Buffer, type View } from './view.js';

/**
 * Removes copies of products and sums that nothing else reads, for example into a flat gradient: they are written directly to the
 * destination of the copy.
 */
export function elideCopies(program: Program): Program {
  const uses = new Map<Buffer, number>();
  for (const view of [...program.operations.flatMap(readsOf), ...program.outputs]) {
    uses.set(view.buffer, (uses.get(view.buffer) ?? 0) + 1);
  }
  const destinations = new Map<Buffer, View>();
  const kept = program.operations.filter((operation) => {
    const source = copySource(operation);
    if (source === null || uses.get(source.buffer) !== 1 || !isContiguous(operation.out)) return true;
    const producers = program.operations.filter(({ out }) => out.buffer === source.buffer);
    const [producer] = producers;
    if (producers.length !== 1 || producer === undefined || producer.kind === 'elementwise') return true;
    destinations.set(source.buffer, operation.out);
    return false;
  });
  const operations = kept.map((operation): Operation => {
    const destination = destinations.get(operation.out.buffer);
    if (destination === undefined) return operation;
    const { buffer, offset } = destination;
    return { ...operation, out: { ...operation.out, buffer, offset } };
  });
  return { ...program, operations };
}

/** Returns the source of an operation that copies a whole buffer, and null for other operations. */
function copySource(operation: Operation): View | null {
  if (operation.kind !== 'elementwise' || operation.expression !== 'Identity') return null;
  const [source] = readsOf(operation);
  return source !== undefined && isWhole(source) && sizeOf(source.shape) === sizeOf(operation.out.shape)
    ? source
    : null;
}
