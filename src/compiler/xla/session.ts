import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import { nativeBackend } from '../native/backend.js';
import { encodeSavedModel, SERVE_TAG, type GraphDef } from './saved-model-schema.js';

/** A graph that TensorFlow has loaded. */
export interface Session {
  /** @param inputs in the order of the names that the session was loaded with; the outputs come in theirs */
  run(inputs: readonly TensorInfo[]): Tensor[];
  dispose(): void;
}

/**
 * Loads a graph through tfjs-node's SavedModel calls, which are the one way to a session that its binding has. Its own
 * `runSavedModel` maps names that a signature gives; the binding's takes the nodes as they are.
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

/** Members that tfjs-node declares private; their names and meaning are those of 4.22.0, which is pinned. */
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
