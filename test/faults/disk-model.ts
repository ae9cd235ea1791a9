/** What a disk has of a file: `written` is what programs read, `durable` what was there at its last fsync. */
export class ModelFile {
  written: Buffer;
  durable: Buffer;

  constructor(content: Buffer) {
    this.written = content;
    this.durable = content;
  }

  /** Bytes between the end and a position beyond it are zero, as POSIX has it. */
  write(bytes: Buffer, position: number): void {
    const length = Math.max(this.written.length, position + bytes.length);
    const grown = Buffer.alloc(length);
    this.written.copy(grown);
    bytes.copy(grown, position);
    this.written = grown;
  }

  truncate(length: number): void {
    const cut = Buffer.alloc(length);
    this.written.copy(cut);
    this.written = cut;
  }

  fsync(): void {
    this.durable = this.written;
  }
}

export type ModelNode = ModelFile | ModelFolder;
type Entries = Map<string, ModelNode>;

/** Names and what they lead to: `entries` is what programs see, `#durable` what was there at the folder's last fsync. */
export class ModelFolder {
  readonly entries: Entries;
  #durable: Entries;
  /** Since the last fsync, each a change of its own: a rename happened or did not. */
  #pending: ((entries: Entries) => void)[] = [];

  constructor(entries: Entries) {
    this.entries = entries;
    this.#durable = new Map(entries);
  }

  set(name: string, node: ModelNode): void {
    this.#change((entries) => entries.set(name, node));
  }

  remove(name: string): void {
    this.#change((entries) => entries.delete(name));
  }

  rename(from: string, to: string, node: ModelNode): void {
    this.#change((entries) => {
      entries.delete(from);
      entries.set(to, node);
    });
  }

  fsync(): void {
    this.#durable = new Map(this.entries);
    this.#pending = [];
  }

  /** What a power cut leaves of the entries: the durable ones, and of the later changes those that `keeps` says, in their order. */
  afterPowerCut(keeps: () => boolean): Entries {
    const entries = new Map(this.#durable);
    for (const change of this.#pending) if (keeps()) change(entries);
    return entries;
  }

  #change(change: (entries: Entries) => void): void {
    change(this.entries);
    this.#pending.push(change);
  }
}

/** A folder's files by their path in it; a folder has an entry of its own, null. */
export type Image = ReadonlyMap<string, Buffer | null>;

/** What programs see. */
export function writtenImage(root: ModelFolder): Image {
  return imageOf(
    root,
    ({ entries }) => entries,
    ({ written }) => written,
  );
}

/** What a power cut leaves when nothing that was not fsynced got to the disk. */
export function durableImage(root: ModelFolder): Image {
  return imageOf(
    root,
    (folder) => folder.afterPowerCut(() => false),
    ({ durable }) => durable,
  );
}

/** What a power cut may leave: of what was not fsynced a part that `random`, uniform in [0, 1), decides. */
export function tornImage(root: ModelFolder, random: () => number): Image {
  return imageOf(
    root,
    (folder) => folder.afterPowerCut(() => random() < 0.5),
    (file) => tear(file, random),
  );
}

/** A disk writes whole sectors; these are smaller, so that small files tear too. */
const SECTOR_BYTES = 64;

/** Each sector is the old one or the new one, and the length is old, new or between. */
function tear({ durable, written }: ModelFile, random: () => number): Buffer {
  if (durable === written) return durable;
  const lengths = [durable.length, written.length];
  lengths.push(Math.floor(Math.min(...lengths) + random() * Math.abs(written.length - durable.length)));
  const torn = Buffer.alloc(lengths[Math.floor(random() * lengths.length)] ?? 0);
  durable.copy(torn);
  const share = random() * 1.5;
  for (let start = 0; start < torn.length; start += SECTOR_BYTES)
    if (random() < share) written.copy(torn, start, start, start + SECTOR_BYTES);
  return torn;
}

function imageOf(
  root: ModelFolder,
  entriesOf: (folder: ModelFolder) => Entries,
  contentOf: (file: ModelFile) => Buffer,
): Image {
  const image = new Map<string, Buffer | null>();
  const add = (folder: ModelFolder, prefix: string): void => {
    for (const [name, node] of entriesOf(folder)) {
      image.set(prefix + name, node instanceof ModelFile ? contentOf(node) : null);
      if (node instanceof ModelFolder) add(node, `${prefix}${name}/`);
    }
  };
  add(root, '');
  return image;
}

/** Uniform in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
