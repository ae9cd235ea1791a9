import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../errors.js';
import { TEMPORARY, fsyncFolder, isMissing, namesIn, readJsonFile, reasonOf } from './files.js';
import { ownerSchema, type Owner } from './lock-owner.js';

const OWNER_FILE = /^owner-([1-9]\d*)\.json$/;

/**
 * `<out>/lock`: `owner-<n>.json` of each generation n of owners, whole from the moment that it is there, and `beat-<n>`, which
 * says no more than that it changes.
 */
export class LockFolder {
  readonly path: string;

  constructor(outDir: string) {
    this.path = path.join(outDir, 'lock');
  }

  /** In no order; none without the folder. */
  generations(): number[] {
    return namesIn(this.path).flatMap((name) => {
      const generation = OWNER_FILE.exec(name)?.[1];
      return generation === undefined ? [] : [Number(generation)];
    });
  }

  /** Null if it is not there. */
  read(generation: number): Owner | null {
    const file = this.ownerFile(generation);
    const owner = readJsonFile(file, ownerSchema);
    if (owner.found) return owner.value;
    if (owner.problem === null) return null;
    throw new StoreError(`${owner.problem} in ${this.path}: if no vae-sweep runs there, delete ${file}`);
  }

  /** Whether it was this call that created it. */
  create(generation: number, owner: Owner): boolean {
    const temporary = this.#writeTemporary(generation, owner);
    try {
      linkSync(temporary, this.ownerFile(generation));
    } catch (error) {
      // An owner clears temporary files away, also one that is about to be linked.
      if (reasonOf(error) === 'EEXIST' || isMissing(error)) return false;
      throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
    fsyncFolder(this.path);
    return true;
  }

  replace(generation: number, owner: Owner): void {
    renameSync(this.#writeTemporary(generation, owner), this.ownerFile(generation));
    fsyncFolder(this.path);
  }

  remove(generation: number): void {
    rmSync(this.ownerFile(generation), { force: true });
    rmSync(this.#beatFile(generation), { force: true });
  }

  removeTemporaries(): void {
    for (const name of namesIn(this.path))
      if (name.endsWith(TEMPORARY)) rmSync(path.join(this.path, name), { force: true });
  }

  /** Empty without one. */
  readBeat(generation: number): string {
    try {
      return readFileSync(this.#beatFile(generation), 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  writeBeat(generation: number, beat: string): void {
    writeFileSync(this.#beatFile(generation), beat);
  }

  ownerFile(generation: number): string {
    return path.join(this.path, `owner-${generation}.json`);
  }

  #beatFile(generation: number): string {
    return path.join(this.path, `beat-${generation}`);
  }

  #writeTemporary(generation: number, owner: Owner): string {
    const file = path.join(this.path, `owner-${generation}-${owner.nonce}.tmp`);
    writeFileSync(file, `${JSON.stringify(owner, null, 2)}\n`, { flush: true });
    return file;
  }
}
