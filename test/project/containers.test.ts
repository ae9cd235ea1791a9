import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import semver from 'semver';

const ROOT = path.join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const DOCKERFILE = read('Dockerfile');

test('the image has an exact version of Node that package.json and the set-up accept', () => {
  const images = [...DOCKERFILE.matchAll(/^FROM (\S+)(?: AS (\w+))?$/gm)];
  const stages = images.map(([, , stage]) => stage);
  const external = images.map(([, image = '']) => image).filter((image) => !stages.includes(image));
  const [, version = ''] = /^node:(\d+\.\d+\.\d+)-bookworm-slim$/.exec(external.join()) ?? [];
  const { engines } = JSON.parse(read('package.json')) as { readonly engines: { readonly node: string } };
  assert.ok(semver.satisfies(version, engines.node), external.join());
  assert.ok(semver.major(version) % 2 === 0, 'even major versions of Node have long-term support');
});

test('the dev container is a stage of the same file, runs the set-up script, and its user is not root', () => {
  const { build, postCreateCommand, remoteUser } = JSON.parse(read('.devcontainer/devcontainer.json')) as {
    readonly build: { readonly dockerfile: string; readonly context: string; readonly target: string };
    readonly postCreateCommand: string;
    readonly remoteUser: string;
  };
  assert.equal(path.join('.devcontainer', build.dockerfile), 'Dockerfile');
  assert.equal(path.join('.devcontainer', build.context), '.');
  assert.match(DOCKERFILE, new RegExp(`^FROM \\w+ AS ${build.target}$`, 'm'));
  assert.match(DOCKERFILE, new RegExp(` ${postCreateCommand}( \\\\)?$`, 'm'));
  assert.equal(remoteUser, 'node');
  const [, ...users] = DOCKERFILE.split(/^USER /m).map((text) => text.split('\n')[0]);
  assert.deepEqual(users, ['1000:1000', '1000:1000']);
});

test('the context of the image has the files that the set-up and the compiler need, and no others', () => {
  const kept = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, file = '']) => file);
  for (const file of kept) assert.ok(existsSync(path.join(ROOT, file)), file);
  const { files } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
  const folders = files
    .map((file) => file.split('/')[0] ?? '')
    .filter((file) => !/\.md$|^(dist|docs)$/.test(file));
  for (const file of [...folders, 'src', 'workers', 'tsconfig.json', 'package-lock.json', '.npmrc'])
    assert.ok(kept.includes(file), file);
  for (const file of ['node_modules', 'dist', 'out', '.git', 'test', 'site'])
    assert.ok(!kept.includes(file), file);
});
