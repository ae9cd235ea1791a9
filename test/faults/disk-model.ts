/** A file of a modeled disk: `written` is the content that programs read, `durable` the content at the last fsync. */
export class ModelFile {
  written: Buffer;
  durable: Buffer;

  constructor(content: Buffer) {
    this.written = content;
    this.durable = content;
  }

  /** Writes bytes. According to POSIX, a gap between the end and a position beyond it is filled with zeros. */
  write(bytes: Buffer, position: number): void {
    if (this.written.length === 0 && position === 0) {
      this.written = Buffer.from(bytes);
      return;
    }
    const length = Math.max(this.written.length, position + bytes.length);
    const hasGap = position > this.written.length;
    const grown = hasGap ? Buffer.alloc(length) : Buffer.allocUnsafe(length);
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

/** A folder of a modeled disk: programs see `entries`; `#durable` holds the entries at the last fsync. */
export class ModelFolder {
  readonly entries: Entries;
  #durable: Entries;
  /** Changes since the last fsync. Each is atomic: a rename happened or did not happen. */
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

  /** Returns the entries after a power cut: the durable ones, with the later changes that `keeps` selects, in their order. */
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

/** Contents of a folder by relative path; null for a folder. */
export type Image = ReadonlyMap<string, Buffer | null>;

/** Returns the image that programs see. */
export function writtenImage(root: ModelFolder): Image {
  return imageOf(
    root,
    ({ entries }) => entries,
    ({ written }) => written,
  );
}

/** Returns the image after a power cut that loses all unsynced data. */
export function durableImage(root: ModelFolder): Image {
  return imageOf(
    root,
    (folder) => folder.afterPowerCut(() => false),
    ({ durable }) => durable,
  );
}

/** Returns the image after a power cut that keeps a random part of the unsynced data. @param random uniform in [0, 1) */
export function tornImage(root: ModelFolder, random: () => number): Image {
  return imageOf(
    root,
    (folder) => folder.afterPowerCut(() => random() < 0.5),
    (file) => tear(file, random),
  );
}

/** Sector size in bytes. Real sectors are larger; small ones also tear small files. */
const SECTOR_BYTES = 64;

/** Returns a torn content: each sector is old or new, and the length is old, new or in between. */
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

/** Returns a generator of uniform numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
