import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import { nativeBackend } from '../native/backend.js';
import { encodeSavedModel, SERVE_TAG, type GraphDef } from './saved-model-schema.js';

/** A graph that is loaded into TensorFlow. */
export interface Session {
  /**
   * Runs the graph once.
   * @param inputs tensors in the order of the input names given to `loadSession`
   * @returns new tensors in the order of the output names
   */
  run(inputs: readonly TensorInfo[]): Tensor[];
  dispose(): void;
}

/**
 * Loads a graph through the SavedModel calls of tfjs-node's binding, the only way to create a session with it. Unlike tfjs-node's own
 * wrapper, which maps the names of a signature, the binding's `runSavedModel` takes the names of nodes.
 */
export function loadSession(graph: GraphDef, inputs: readonly string[], outputs: readonly string[]): Session {
  const backend = nativeBackend() as unknown as BackendInternals;
  const id = loadFromFolder(graph, (folder) => backend.binding.loadSavedModel(folder, SERVE_TAG));
  const inputNames = inputs.map((name) => `${name}:0`).join(',');
  const outputNames = outputs.map((name) => `${name}:0`).join(',');
  return {
    run: (tensors) =>
      backend.binding
        .runSavedModel(id, backend.getInputTensorIds(tensors), inputNames, outputNames)
        .map((metadata) => backend.createOutputTensor(metadata)),
    dispose: () => {
      backend.binding.deleteSavedModel(id);
    },
  };
}

/** Members that tfjs-node declares private, as they are in version 4.22.0, which is pinned. */
interface BackendInternals {
  readonly binding: {
    loadSavedModel(folder: string, tags: string): number;
    runSavedModel(
      id: number,
      inputIds: readonly number[],
      inputNames: string,
      outputNames: string,
    ): unknown[];
    deleteSavedModel(id: number): void;
  };
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: unknown): Tensor;
}

function loadFromFolder(graph: GraphDef, load: (folder: string) => number): number {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-loop-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(graph));
    return load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
