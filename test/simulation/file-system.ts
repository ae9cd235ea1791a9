import type fs from 'node:fs';
import { Crash } from '../faults/crash.js';
import { ModelFile, ModelFolder, type ModelNode } from '../faults/disk-model.js';
import { compoundFunctions, systemError, writeArguments, type Primitives } from '../faults/file-functions.js';
import type { Place } from './disk.js';
import { FakeStats } from './file-stats.js';
import type { SimulatedProcess } from './process.js';

interface OpenFile {
  readonly process: SimulatedProcess;
  readonly node: ModelNode;
  readonly file: string;
  readonly appends: boolean;
  position: number;
}

const NO_BYTES = Buffer.alloc(0);
/** Above the descriptors of real files. */
const FIRST_DESCRIPTOR = 1 << 24;

type FileSystem = Partial<typeof fs>;

/** Functions like those of `node:fs`, for the disk of the simulated process that calls them. */
export class SimulatedFileSystem {
  readonly functions: FileSystem;
  readonly #processOf: () => SimulatedProcess;
  readonly #open = new Map<number, OpenFile>();
  #opened = FIRST_DESCRIPTOR;

  constructor(processOf: () => SimulatedProcess) {
    this.#processOf = processOf;
    const primitives = this.#primitives();
    const reading = this.#reading();
    const compound = compoundFunctions(primitives, reading as Required<typeof reading>);
    this.functions = { ...primitives, ...reading, ...compound };
  }

  static owns(descriptor: number): boolean {
    return descriptor >= FIRST_DESCRIPTOR;
  }

  /** Forgets the open files of an earlier simulation. */
  reset(): void {
    this.#open.clear();
  }

  /** Returns the process that calls a function, unless it has died. */
  #caller(): SimulatedProcess {
    const process = this.#processOf();
    if (!process.isAlive) throw new Crash();
    return process;
  }

  #locate(file: fs.PathLike): Place {
    return this.#caller().machine.disk.locate(String(file));
  }

  #find(file: fs.PathLike, call: string): ModelNode {
    const { node } = this.#locate(file);
    if (node === undefined) throw systemError('ENOENT', call, String(file));
    return node;
  }

  /** Performs an operation that changes the disk or makes changes durable. A fault may happen before it. */
  #operate(kind: string, file: string, needsSpace: boolean): void {
    const process = this.#caller();
    process.world.operations += 1;
    process.world.onOperation({ process, kind, file });
    if (!process.isAlive) throw new Crash();
    if (needsSpace && process.machine.disk.isFull) throw systemError('ENOSPC', kind, file);
  }

  #change(
    kind: string,
    file: fs.PathLike,
    needsSpace: boolean,
  ): { folder: ModelFolder; name: string } & Place {
    this.#operate(kind, String(file), needsSpace);
    const place = this.#locate(file);
    if (place.folder === undefined) throw systemError('ENOENT', kind, String(file));
    return { ...place, folder: place.folder };
  }

  #of(descriptor: number): OpenFile {
    this.#caller();
    const open = this.#open.get(descriptor);
    if (open === undefined) throw systemError('EBADF', 'use', String(descriptor));
    return open;
  }

  #reading(): FileSystem {
    const stats = (call: string) => (file: fs.PathLike, options?: fs.StatSyncOptions) => {
      const { node } = this.#locate(file);
      if (node !== undefined) return new FakeStats(node);
      if (options?.throwIfNoEntry === false) return undefined;
      throw systemError('ENOENT', call, String(file));
    };
    return {
      existsSync: (file) => this.#locate(file).node !== undefined,
      accessSync: (file) => {
        this.#find(file, 'access');
      },
      statSync: stats('stat') as unknown as typeof fs.statSync,
      // The model has no symbolic links.
      lstatSync: stats('lstat') as unknown as typeof fs.lstatSync,
      fstatSync: ((descriptor: number) =>
        new FakeStats(this.#of(descriptor).node)) as unknown as typeof fs.fstatSync,
      statfsSync: (() => ({ bavail: 1e9, bsize: 4096 })) as unknown as typeof fs.statfsSync,
      readdirSync: ((file: fs.PathLike) => {
        const node = this.#find(file, 'scandir');
        if (!(node instanceof ModelFolder)) throw systemError('ENOTDIR', 'scandir', String(file));
        return [...node.entries.keys()];
      }) as unknown as typeof fs.readdirSync,
      readFileSync: ((file: fs.PathLike, options?: unknown) => {
        const node = this.#find(file, 'open');
        if (!(node instanceof ModelFile)) throw systemError('EISDIR', 'read', String(file));
        return options === undefined || options === null
          ? Buffer.from(node.written)
          : node.written.toString();
      }) as typeof fs.readFileSync,
      readSync: (descriptor: number, buffer: NodeJS.ArrayBufferView, ...rest: readonly unknown[]) => {
        const open = this.#of(descriptor);
        const [offset = 0, length = buffer.byteLength, position = null] = rest as (number | null)[];
        if (!(open.node instanceof ModelFile)) throw systemError('EISDIR', 'read', open.file);
        const from = position ?? open.position;
        const part = open.node.written.subarray(from, from + (length ?? 0));
        new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(part, offset ?? 0);
        if (position === null) open.position += part.length;
        return part.length;
      },
    };
  }

  #primitives(): Primitives {
    return {
      openSync: (file, flags) => this.#openFile(String(file), String(flags)),
      closeSync: (descriptor) => {
        this.#of(descriptor);
        this.#open.delete(descriptor);
      },
      writeSync: (descriptor: number, data: string | NodeJS.ArrayBufferView, ...rest: unknown[]) => {
        const { bytes, position } = writeArguments(data, rest);
        return this.#write(this.#of(descriptor), bytes, position);
      },
      fsyncSync: (descriptor) => {
        const { node, file } = this.#of(descriptor);
        this.#operate('fsync', file, false);
        node.fsync();
      },
      ftruncateSync: (descriptor, length) => {
        const { node, file } = this.#of(descriptor);
        if (node instanceof ModelFile && node.written.length === (length ?? 0)) return;
        this.#operate('truncate', file, false);
        if (node instanceof ModelFile) node.truncate(length ?? 0);
      },
      renameSync: (from, to) => {
        this.#rename(from, to);
      },
      linkSync: (from, to) => {
        const { folder, name, node } = this.#change('link', to, true);
        if (node !== undefined) throw systemError('EEXIST', 'link', String(to));
        folder.set(name, this.#find(from, 'link'));
      },
      unlinkSync: (file) => {
        const { folder, name, node } = this.#change('unlink', file, false);
        if (node === undefined) throw systemError('ENOENT', 'unlink', String(file));
        folder.remove(name);
      },
      rmdirSync: (file) => {
        const { folder, name, node } = this.#change('rmdir', file, false);
        if (!(node instanceof ModelFolder)) throw systemError('ENOENT', 'rmdir', String(file));
        if (node.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', String(file));
        folder.remove(name);
      },
      mkdirSync: (file: fs.PathLike) => {
        const { folder, name, node } = this.#change('mkdir', file, true);
        if (node !== undefined) throw systemError('EEXIST', 'mkdir', String(file));
        folder.set(name, new ModelFolder(new Map<string, ModelNode>()));
      },
      chmodSync: () => undefined,
      chownSync: () => undefined,
    };
  }

  #rename(from: fs.PathLike, to: fs.PathLike): void {
    const target = this.#change('rename', to, true);
    const source = this.#locate(from);
    if (source.node === undefined) throw systemError('ENOENT', 'rename', String(from));
    if (source.folder !== target.folder)
      throw new Error('Renames into another folder are not supported by the model.');
    if (target.node instanceof ModelFolder && target.node.entries.size > 0)
      throw systemError('ENOTEMPTY', 'rename', String(to));
    target.folder.rename(source.name, target.name, source.node);
  }

  #openFile(file: string, flags: string): number {
    const process = this.#caller();
    let { node } = this.#locate(file);
    if (node !== undefined && flags.includes('x')) throw systemError('EEXIST', 'open', file);
    if (node === undefined) {
      if (flags.startsWith('r')) throw systemError('ENOENT', 'open', file);
      const { folder, name } = this.#change('create', file, true);
      node = new ModelFile(NO_BYTES);
      folder.set(name, node);
    } else if (node instanceof ModelFile && flags.startsWith('w')) {
      this.#operate('truncate', file, false);
      node.truncate(0);
    }
    this.#opened += 1;
    this.#open.set(this.#opened, { process, node, file, appends: flags.startsWith('a'), position: 0 });
    return this.#opened;
  }

  #write(open: OpenFile, bytes: Buffer, position: number | null): number {
    const { node, file } = open;
    this.#operate('write', file, true);
    if (!(node instanceof ModelFile)) throw systemError('EISDIR', 'write', file);
    const at = open.appends ? node.written.length : (position ?? open.position);
    node.write(bytes, at);
    if (position === null) open.position = at + bytes.length;
    return bytes.length;
  }
}
