import fs from 'node:fs';
import path from 'node:path';

/** Functions of `node:fs` that perform a single operation. */
export type Primitives = Pick<
  typeof fs,
  | 'openSync'
  | 'closeSync'
  | 'writeSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'renameSync'
  | 'linkSync'
  | 'unlinkSync'
  | 'rmdirSync'
  | 'mkdirSync'
  | 'chmodSync'
  | 'chownSync'
>;

type Compound = Pick<
  typeof fs,
  'rmSync' | 'mkdirSync' | 'writeFileSync' | 'appendFileSync' | 'fdatasyncSync'
>;

/** Functions that the compound ones read with. */
type Reading = Pick<typeof fs, 'lstatSync' | 'readdirSync' | 'existsSync'>;

/** Functions that perform several operations, implemented with the primitives, which Node's own versions would bypass. */
export function compoundFunctions(primitives: Primitives, reading: Reading = { ...fs }): Compound {
  const writeFile = (file: fs.PathOrFileDescriptor, data: unknown, options: unknown, flag: string): void => {
    const { flag: openFlag = flag, flush = false } = (
      typeof options === 'object' && options ? options : {}
    ) as {
      flag?: string;
      flush?: boolean;
    };
    const descriptor = typeof file === 'number' ? file : primitives.openSync(file, openFlag);
    try {
      const bytes = toBytes(data as string);
      for (let done = 0; done < bytes.length;) done += primitives.writeSync(descriptor, bytes, done);
      if (flush) primitives.fsyncSync(descriptor);
    } finally {
      if (descriptor !== file) primitives.closeSync(descriptor);
    }
  };
  const remove = (file: fs.PathLike, options: fs.RmOptions = {}): void => {
    const stats = reading.lstatSync(file, { throwIfNoEntry: false });
    // Do not call Node's own rmSync: modules that it loads at its first use would keep references to the replaced functions.
    if (stats === undefined) {
      if (options.force !== true) throw systemError('ENOENT', 'rm', String(file));
    } else if (stats.isDirectory()) {
      if (options.recursive !== true) throw systemError('EISDIR', 'rm', String(file));
      for (const name of reading.readdirSync(file)) remove(path.join(String(file), name), options);
      primitives.rmdirSync(file);
    } else primitives.unlinkSync(file);
  };
  const makeFolders = (file: fs.PathLike, options?: { recursive?: boolean }): void => {
    const level = path.resolve(String(file));
    if (options?.recursive === true) {
      if (reading.existsSync(level)) return;
      makeFolders(path.dirname(level), options);
    }
    primitives.mkdirSync(level);
  };
  return {
    rmSync: remove,
    mkdirSync: makeFolders as typeof fs.mkdirSync,
    writeFileSync: (file, data, options) => {
      writeFile(file, data, options, 'w');
    },
    appendFileSync: (file, data, options) => {
      writeFile(file, data, options, 'a');
    },
    fdatasyncSync: primitives.fsyncSync,
  };
}

/** Normalizes the arguments of `writeSync`. */
export function writeArguments(
  data: string | NodeJS.ArrayBufferView,
  rest: readonly unknown[],
): { bytes: Buffer; position: number | null } {
  if (typeof data === 'string') {
    const [position, encoding] = rest;
    const bytes = Buffer.from(data, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
    return { bytes, position: typeof position === 'number' ? position : null };
  }
  const [first, ...others] = rest;
  const given = typeof first === 'object' && first !== null ? first : { offset: first, length: others[0] };
  const { offset, length, position = others[1] } = given as Record<'offset' | 'length' | 'position', unknown>;
  const start = typeof offset === 'number' ? offset : 0;
  const end = typeof length === 'number' ? start + length : data.byteLength;
  return {
    bytes: toBytes(data).subarray(start, end),
    position: typeof position === 'number' ? position : null,
  };
}

/** Returns an error like those of the system. */
export function systemError(code: string, call: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${file}'`), { code, syscall: call, path: file });
}

function toBytes(data: string | NodeJS.ArrayBufferView): Buffer {
  return typeof data === 'string'
    ? Buffer.from(data)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
