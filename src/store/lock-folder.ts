import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../errors.js';
import { TEMPORARY_SUFFIX, fsyncFolder, isMissing, namesIn, readJsonFile, reasonOf } from './files.js';
import { ownerSchema, type Owner } from './lock-owner.js';

const OWNER_FILE = /^owner-([1-9]\d*)\.json$/;

/**
 * The folder `<out>/lock`. It contains `owner-<n>.json` for each generation n of owners, which is complete from the moment it exists, and
 * the heartbeat `beat-<n>`, of which only changes matter.
 */
export class LockFolder {
  readonly path: string;

  constructor(outDir: string) {
    this.path = path.join(outDir, 'lock');
  }

  /** Returns the generations in no particular order; none if the folder does not exist. */
  generations(): number[] {
    return namesIn(this.path).flatMap((name) => {
      const generation = OWNER_FILE.exec(name)?.[1];
      return generation === undefined ? [] : [Number(generation)];
    });
  }

  /** Returns the owner of the generation, or null if it does not exist. */
  read(generation: number): Owner | null {
    const file = this.ownerFile(generation);
    const owner = readJsonFile(file, ownerSchema);
    if (owner.found) return owner.value;
    if (owner.problem === null) return null;
    throw new StoreError(
      `${owner.problem} in ${this.path}: if no vae-sweep process uses this folder, delete ${file}`,
    );
  }

  /** Creates the generation. @returns false if it already existed */
  create(generation: number, owner: Owner): boolean {
    const temporary = this.#writeTemporary(generation, owner);
    try {
      linkSync(temporary, this.ownerFile(generation));
    } catch (error) {
      // A new owner removes all temporary files, even one that is about to be linked.
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
    rmSync(this.#heartbeatFile(generation), { force: true });
  }

  removeTemporaries(): void {
    for (const name of namesIn(this.path))
      if (name.endsWith(TEMPORARY_SUFFIX)) rmSync(path.join(this.path, name), { force: true });
  }

  /** Returns the content of the heartbeat file; empty if it does not exist. */
  readHeartbeat(generation: number): string {
    try {
      return readFileSync(this.#heartbeatFile(generation), 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  writeHeartbeat(generation: number, heartbeat: string): void {
    writeFileSync(this.#heartbeatFile(generation), heartbeat);
  }

  ownerFile(generation: number): string {
    return path.join(this.path, `owner-${generation}.json`);
  }

  #heartbeatFile(generation: number): string {
    return path.join(this.path, `beat-${generation}`);
  }

  #writeTemporary(generation: number, owner: Owner): string {
    const file = path.join(this.path, `owner-${generation}-${owner.nonce}.tmp`);
    writeFileSync(file, `${JSON.stringify(owner, null, 2)}\n`, { flush: true });
    return file;
  }
}
