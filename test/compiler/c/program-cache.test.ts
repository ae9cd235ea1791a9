import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { buildAhead, buildModule } from '../../../src/compiler/c/build.js';
import { findProgram, isSealed } from '../../../src/compiler/c/program-cache.js';
import { UserError } from '../../../src/errors.js';

/** A program whose `padding` returns 42. */
const SOURCE = `
#include <node_api.h>
static napi_value padding(napi_env env, napi_callback_info) {
  napi_value value;
  napi_create_int32(env, 42, &value);
  return value;
}
NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_function(env, "padding", NAPI_AUTO_LENGTH, padding, nullptr, &value);
  napi_set_named_property(env, exports, "padding", value);
  return exports;
}
`;
const isRoot = process.getuid?.() === 0;

describe('the cache of compiled programs', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'vae-sweep-programs-'));
  const folder = path.join(home, 'tfjs-loop-compiler');
  const inherited = process.env['XDG_CACHE_HOME'];
  let file = '';
  let intact = Buffer.alloc(0);

  before(() => {
    process.env['XDG_CACHE_HOME'] = home;
    assert.equal(paddingOf(SOURCE), 42);
    file = path.join(folder, readdirSync(folder)[0] ?? '');
    intact = readFileSync(file);
  });
  afterEach(() => {
    replace(intact);
    chmodSync(folder, 0o700);
  });
  after(() => {
    if (inherited === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = inherited;
    rmSync(home, { recursive: true });
  });

  // Writes a new file, because the intact one is mapped into this process.
  function replace(bytes: Buffer) {
    rmSync(file);
    writeFileSync(file, bytes, { mode: 0o700 });
  }

  test('loads an intact program without compiling it', () => {
    const { ino } = statSync(file);
    assert.equal(paddingOf(SOURCE), 42);
    assert.equal(statSync(file).ino, ino);
  });

  test('detects a flip of any byte of a program, and never loads one', () => {
    assert.notEqual(findProgram(file), null);
    const damaged = Buffer.from(intact);
    for (let index = 0; index < intact.length; index++) {
      damaged[index] = (intact[index] ?? 0) ^ (1 << (index % 8));
      replace(damaged);
      assert.equal(findProgram(file), null, `loaded after a flip of a bit of byte ${String(index)}`);
      damaged[index] = intact[index] ?? 0;
    }
  });

  test('rejects programs that are truncated, empty, or stored under the name of another one', () => {
    for (const length of [0, 1, 31, 32, 33, intact.length - 1])
      assert.ok(!isSealed(file, intact.subarray(0, length)), `${String(length)} bytes`);
    assert.ok(!isSealed(path.join(folder, 'another.node'), intact));
  });

  test('compiles a damaged program again', async () => {
    for (const build of [buildModule, buildAhead]) {
      replace(Buffer.concat([intact, Buffer.from('x')]));
      await build(SOURCE);
      assert.equal(paddingOf(SOURCE), 42);
      assert.ok(isSealed(file, readFileSync(file)));
    }
  });

  test('refuses a folder that others can write to, and compiles nothing into it', async () => {
    for (const mode of [0o770, 0o702]) {
      chmodSync(folder, mode);
      assertRefused(new RegExp(`${folder}: its mode ${mode.toString(8)} lets others write to it`));
      await buildAhead(`${SOURCE}// Another program.\n`);
      assert.deepEqual(readdirSync(folder), [path.basename(file)]);
    }
  });

  test('refuses a program that others can write to', () => {
    for (const mode of [0o720, 0o702]) {
      chmodSync(file, mode);
      assertRefused(
        new RegExp(`${file}: its mode ${mode.toString(8)} lets others write to it.*rm '${file}'`),
      );
    }
  });

  test(
    'refuses a folder or a program that belongs to another user',
    { skip: isRoot ? false : 'only root can give files away' },
    () => {
      for (const item of [file, folder]) {
        chownSync(item, 12345, 0);
        assertRefused(new RegExp(`${item}: it belongs to user 12345, and this process runs as user 0`));
        chownSync(item, 0, 0);
      }
    },
  );
});

function paddingOf(source: string): number {
  return buildModule(source).padding(new ArrayBuffer(0));
}

function assertRefused(message: RegExp): void {
  assert.throws(
    () => buildModule(SOURCE),
    (error) => error instanceof UserError && message.test(error.message),
  );
}
