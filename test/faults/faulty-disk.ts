import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { Crash } from './crash.js';
import { ModelFile, ModelFolder, type Image, type ModelNode } from './disk-model.js';
import { compoundFunctions, systemError, writeArguments, type Primitives } from './file-functions.js';

/** The fault to inject, and its operation, counted from 1. */
export interface Fault {
  readonly at: number;
  /**
   * `fail` throws once, `full` from then on. `short` writes half and returns its length, like a disk that becomes full. `crash` ends the
   * process before the operation, `tear` in the middle of a write. A crashed process performs no more operations.
   */
  readonly mode: 'fail' | 'full' | 'short' | 'crash' | 'tear';
}

/** An operation that changes the disk or makes changes durable. */
export interface Operation {
  readonly kind: string;
  /** Path in the watched folder. */
  readonly file: string;
}

interface OpenFile {
  readonly node: ModelNode;
  readonly file: string;
  readonly appends: boolean;
  position: number;
}

const real = { ...fs };

/**
 * Replaces functions of `node:fs` for one folder: counts the operations that change it, injects one fault, and models the synced data.
 * An fsync only updates the model, so that thousands of them take no time.
 */
export class FaultyDisk {
  readonly operations: Operation[] = [];
  /** Paths outside of the folder that the process wrote to. */
  readonly outside: string[] = [];
  readonly root: ModelFolder;
  /** Called before each operation. */
  onOperation = (): void => undefined;
  readonly #folder: string;
  readonly #open = new Map<number, OpenFile>();
  #fault: Fault | null;
  #isDead = false;

  /** Replaces `node:fs` until `remove` is called. The folder's current content counts as durable. */
  constructor(folder: string, fault: Fault | null = null) {
    this.#folder = real.realpathSync(folder);
    this.root = loadFolder(this.#folder);
    this.#fault = fault;
    this.#install(this.#functions());
  }

  /** Whether the fault was injected. */
  get isHit(): boolean {
    return this.#fault !== null && this.operations.length >= this.#fault.at;
  }

  /** Simulates a new process: unsynced data is still in the cache, and no more faults are injected. */
  restart(): void {
    this.#closeAll();
    this.#fault = null;
    this.#isDead = false;
  }

  remove(): void {
    this.#closeAll();
    const names = Object.keys(this.#functions()) as (keyof typeof fs)[];
    this.#install(Object.fromEntries(names.map((name) => [name, real[name]])));
  }

  /** Also updates named imports of `node:fs`. */
  #install(functions: Partial<typeof fs>): void {
    Object.assign(fs, functions);
    syncBuiltinESMExports();
  }

  #closeAll(): void {
    for (const descriptor of this.#open.keys()) real.closeSync(descriptor);
    this.#open.clear();
  }

  #operate<T>(kind: string, file: string, act: () => T): T {
    if (this.#isDead) throw new Crash();
    this.onOperation();
    this.operations.push({ kind, file: path.relative(this.#folder, file) });
    const mode = this.#faultNow();
    if (mode === 'fail' || mode === 'full') throw systemError(mode === 'fail' ? 'EIO' : 'ENOSPC', kind, file);
    if (mode === 'crash' || (mode === 'tear' && kind !== 'write')) this.#die();
    return act();
  }

  #faultNow(): Fault['mode'] | null {
    if (this.#fault === null) return null;
    const { at, mode } = this.#fault;
    const n = this.operations.length;
    return n === at || (mode === 'full' && n > at) ? mode : null;
  }

  #die(): never {
    this.#isDead = true;
    throw new Crash();
  }

  /** Finds a path in the model. Returns null for a path outside of the folder; `folder` is undefined if the parent is missing. */
  #locate(
    file: fs.PathLike,
  ): { folder: ModelFolder | undefined; name: string; node: ModelNode | undefined } | null {
    const relative = path.relative(this.#folder, path.resolve(String(file)));
    if (relative.startsWith('..')) return null;
    if (relative === '') return { folder: undefined, name: '', node: this.root };
    const steps = relative.split(path.sep);
    const name = steps.pop() ?? '';
    let folder: ModelNode | undefined = this.root;
    for (const step of steps) folder = folder instanceof ModelFolder ? folder.entries.get(step) : undefined;
    if (!(folder instanceof ModelFolder)) return { folder: undefined, name, node: undefined };
    return { folder, name, node: folder.entries.get(name) };
  }

  /** Performs a change of the entry at a path. */
  #change(kind: string, file: fs.PathLike, act: (folder: ModelFolder, name: string) => void): void {
    const place = this.#locate(file);
    if (place?.folder === undefined) {
      if (place === null) this.outside.push(String(file));
      act(new ModelFolder(new Map()), '');
      return;
    }
    const { folder, name } = place;
    this.#operate(kind, String(file), () => {
      act(folder, name);
    });
  }

  #functions(): Partial<typeof fs> {
    const primitives = this.#primitives();
    return { ...primitives, ...compoundFunctions(primitives) };
  }

  #primitives(): Primitives {
    return {
      openSync: (file, flags, mode) => this.#openFile(file, flags, mode),
      closeSync: (descriptor) => {
        this.#open.delete(descriptor);
        real.closeSync(descriptor);
      },
      writeSync: (descriptor: number, data: string | NodeJS.ArrayBufferView, ...rest: unknown[]) => {
        const { bytes, position } = writeArguments(data, rest);
        return this.#write(descriptor, bytes, position);
      },
      fsyncSync: (descriptor) => {
        this.#fsync(descriptor);
      },
      ftruncateSync: (descriptor, length) => {
        this.#truncate(descriptor, length ?? 0);
      },
      renameSync: (from, to) => {
        this.#rename(from, to);
      },
      linkSync: (from, to) => {
        this.#change('link', to, (folder, name) => {
          real.linkSync(from, to);
          const node = this.#locate(from)?.node;
          if (node !== undefined) folder.set(name, node);
        });
      },
      unlinkSync: (file) => {
        this.#change('unlink', file, (folder, name) => {
          real.unlinkSync(file);
          folder.remove(name);
        });
      },
      rmdirSync: (file) => {
        this.#change('rmdir', file, (folder, name) => {
          real.rmdirSync(file);
          folder.remove(name);
        });
      },
      mkdirSync: (file: fs.PathLike) => {
        this.#change('mkdir', file, (folder, name) => {
          real.mkdirSync(file);
          folder.set(name, new ModelFolder(new Map()));
        });
      },
      chmodSync: (file, mode) => {
        this.#change('chmod', file, () => {
          real.chmodSync(file, mode);
        });
      },
      chownSync: (file, uid, gid) => {
        this.#change('chown', file, () => {
          real.chownSync(file, uid, gid);
        });
      },
    };
  }

  #rename(from: fs.PathLike, to: fs.PathLike): void {
    const [source, target] = [this.#locate(from), this.#locate(to)];
    if (source?.folder !== target?.folder)
      throw new Error('Renames into another folder are not supported by the model.');
    this.#change('rename', to, (folder, name) => {
      real.renameSync(from, to);
      if (source?.node !== undefined) folder.rename(source.name, name, source.node);
    });
  }

  #openFile(file: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode | null): number {
    if (typeof flags !== 'string') throw new Error('Numeric flags are not supported by the model.');
    const place = this.#locate(file);
    if (place === null) {
      if (!flags.startsWith('r')) this.outside.push(String(file));
      return real.openSync(file, flags, mode);
    }
    const { folder, name, node } = place;
    const open = (opened: ModelNode | undefined): number => {
      const descriptor = real.openSync(file, flags, mode);
      const appends = flags.startsWith('a');
      if (opened !== undefined)
        this.#open.set(descriptor, { node: opened, file: String(file), appends, position: 0 });
      return descriptor;
    };
    if (node === undefined && folder !== undefined && !flags.startsWith('r'))
      return this.#operate('create', String(file), () => {
        const created = new ModelFile(Buffer.alloc(0));
        const descriptor = open(created);
        folder.set(name, created);
        return descriptor;
      });
    if (node instanceof ModelFile && flags.startsWith('w') && !flags.includes('x'))
      return this.#operate('truncate', String(file), () => {
        const descriptor = open(node);
        node.truncate(0);
        return descriptor;
      });
    return open(node);
  }

  #truncate(descriptor: number, length: number): void {
    const open = this.#open.get(descriptor);
    const act = (): void => {
      real.ftruncateSync(descriptor, length);
      if (open?.node instanceof ModelFile) open.node.truncate(length);
    };
    if (open === undefined) act();
    else this.#operate('truncate', open.file, act);
  }

  #write(descriptor: number, bytes: Buffer, position: number | null): number {
    const open = this.#open.get(descriptor);
    if (open === undefined) return real.writeSync(descriptor, bytes, 0, bytes.length, position);
    return this.#operate('write', open.file, () => {
      const mode = this.#faultNow();
      const isHalf = mode === 'tear' || mode === 'short';
      const part = isHalf ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes;
      const { node } = open;
      if (!(node instanceof ModelFile)) throw systemError('EBADF', 'write', open.file);
      const at = open.appends ? node.written.length : (position ?? open.position);
      for (let done = 0; done < part.length;)
        done += real.writeSync(descriptor, part, done, part.length - done, open.appends ? null : at + done);
      node.write(part, at);
      if (position === null) open.position = at + part.length;
      if (mode === 'tear') this.#die();
      return part.length;
    });
  }

  #fsync(descriptor: number): void {
    const open = this.#open.get(descriptor);
    if (open !== undefined)
      this.#operate('fsync', open.file, () => {
        open.node.fsync();
      });
  }
}

function loadFolder(folder: string): ModelFolder {
  const nodes = real.readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const file = path.join(folder, entry.name);
    return [
      entry.name,
      entry.isDirectory() ? loadFolder(file) : new ModelFile(real.readFileSync(file)),
    ] as const;
  });
  return new ModelFolder(new Map<string, ModelNode>(nodes));
}

/** Replaces the folder's content with the image. */
export function writeImage(folder: string, image: Image): void {
  real.rmSync(folder, { recursive: true, force: true });
  real.mkdirSync(folder, { recursive: true });
  for (const [name, content] of image) {
    if (content === null) real.mkdirSync(path.join(folder, name));
    else real.writeFileSync(path.join(folder, name), content);
  }
}
