import { ModelFile, type ModelNode } from '../faults/disk-model.js';

/** The parts of `fs.Stats` that this program reads. */
export class FakeStats {
  readonly size: number;
  /** The model keeps no times, because no result depends on them. */
  readonly mtimeMs = 0;
  readonly #isFile: boolean;

  constructor(node: ModelNode) {
    this.#isFile = node instanceof ModelFile;
    this.size = node instanceof ModelFile ? node.written.length : 0;
  }

  isFile(): boolean {
    return this.#isFile;
  }

  isDirectory(): boolean {
    return !this.#isFile;
  }

  isSymbolicLink(): boolean {
    return false;
  }
}
