import { ModelFile, ModelFolder, tornImage, type Image, type ModelNode } from '../faults/disk-model.js';
import type { Machine } from './process.js';
import { Random } from './random.js';

/** All simulated disks are seen under this path. */
export const ROOT = '/simulated';
/** The store on the disk of a simulated machine. */
export const OUT_DIR = `${ROOT}/out`;

/** The place of a path on a disk; `node` is undefined if nothing exists there, and `folder` if its folder does not exist either. */
export interface Place {
  readonly folder: ModelFolder | undefined;
  readonly name: string;
  readonly node: ModelNode | undefined;
}

/** A disk in memory, which knows what is durable. */
export class SimulatedDisk {
  readonly name: string;
  /** The machines that use it. */
  readonly machines: Machine[] = [];
  root = new ModelFolder(new Map());
  isFull = false;

  constructor(name: string) {
    this.name = name;
  }

  /** Loses what was not synced, except for a random part of it. */
  losePower(random: Random): void {
    // With its own random numbers, because their count depends on sizes, and these on the machine.
    const own = new Random(random.below(2 ** 32));
    this.root = folderOf(tornImage(this.root, own.next));
  }

  /** Makes everything durable, as the system does within half a minute. */
  flush(): void {
    flush(this.root);
  }

  /** @param file an absolute path under `ROOT` */
  locate(file: string): Place {
    const { folders: steps, name } = split(file);
    if (name === '') return { folder: undefined, name, node: this.root };
    let folder: ModelNode | undefined = this.root;
    for (const step of steps) folder = folder instanceof ModelFolder ? folder.entries.get(step) : undefined;
    if (!(folder instanceof ModelFolder)) return { folder: undefined, name, node: undefined };
    return { folder, name, node: folder.entries.get(name) };
  }
}

function flush(node: ModelNode): void {
  node.fsync();
  if (node instanceof ModelFolder) for (const child of node.entries.values()) flush(child);
}

const parts = new Map<string, { readonly folders: readonly string[]; readonly name: string }>();
/** Simulations use the same few paths again and again, except for names with random ids. */
const MAX_PARTS = 20_000;

function split(file: string): { readonly folders: readonly string[]; readonly name: string } {
  const known = parts.get(file);
  if (known !== undefined) return known;
  const folders = file.slice(ROOT.length).split('/').filter(Boolean);
  const name = folders.pop() ?? '';
  if (parts.size === MAX_PARTS) parts.clear();
  parts.set(file, { folders, name });
  return { folders, name };
}

function folderOf(image: Image): ModelFolder {
  const folders = new Map<string, Map<string, ModelNode>>([['', new Map<string, ModelNode>()]]);
  // Children come after their folders, and are moved into them in reverse order, when they are complete.
  for (const [file, content] of image) if (content === null) folders.set(file, new Map());
  for (const [file, content] of [...image].reverse()) {
    const slash = file.lastIndexOf('/');
    const own = folders.get(file);
    const node =
      content === null ? new ModelFolder(own ?? new Map<string, ModelNode>()) : new ModelFile(content);
    folders.get(file.slice(0, Math.max(0, slash)))?.set(file.slice(slash + 1), node);
  }
  return new ModelFolder(folders.get('') ?? new Map<string, ModelNode>());
}
