import type { RecordedNode, Recording } from './record.js';

/** Removes the nodes that no output depends on. A recorded gradient contains many operations whose results are never used. */
export function removeDeadNodes(recording: Recording): Recording {
  const live = new Set<RecordedNode>();
  const pending = recording.outputs.map(({ ref }) => ref.node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === null || live.has(node)) continue;
    live.add(node);
    if (node.kind === 'operation') pending.push(...node.inputs.map((input) => input.node));
  }
  return { outputs: recording.outputs, nodes: recording.nodes.filter((node) => live.has(node)) };
}
