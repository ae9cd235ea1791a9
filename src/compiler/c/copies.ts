import { readsOf, type Operation, type Program } from './program.js';
import { isContiguous, isWhole, sizeOf, type Buffer, type View } from './view.js';

/** Lets a product or a sum that is only made to be copied, into a flat gradient say, write to where the copy would go. */
export function withoutCopies(program: Program): Program {
  const uses = new Map<Buffer, number>();
  for (const view of [...program.operations.flatMap(readsOf), ...program.outputs]) {
    uses.set(view.buffer, (uses.get(view.buffer) ?? 0) + 1);
  }
  const destinations = new Map<Buffer, View>();
  const kept = program.operations.filter((operation) => {
    const source = copied(operation);
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

/** What an operation copies, if it copies the whole of a buffer. */
function copied(operation: Operation): View | null {
  if (operation.kind !== 'elementwise' || operation.expression !== 'Identity') return null;
  const [source] = readsOf(operation);
  return source !== undefined && isWhole(source) && sizeOf(source.shape) === sizeOf(operation.out.shape)
    ? source
    : null;
}
