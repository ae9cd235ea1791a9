import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { PNG_SCALE, renderPng, renderSvg } from '../../../src/report/figures/render.js';
import { writeFigures } from '../../../src/report/figures/write.js';
import { load } from '../../sweep/sweep-folder.js';
import { figureOf, finished, sampleRun, SPHERE } from './sample-figures.js';

const parts = finished(load(SPHERE), sampleRun);
const histogram = figureOf(parts, 'figure-1a');
const curves = figureOf(parts, 'figure-3');

describe('an SVG', () => {
  test('has the same bytes regardless of what was drawn before it', async () => {
    const first = await renderSvg(curves);
    await renderSvg(histogram);
    assert.equal(await renderSvg(curves), first);
  });

  test('has ids that start with its name, and defines every id that it uses', async () => {
    const svg = await renderSvg(curves);
    const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const used = [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    assert.ok(used.length > 0);
    assert.deepEqual(new Set(used), new Set(ids));
    assert.ok(ids.every((id) => id?.startsWith('figure-3-')));
  });

  test('is drawn without warnings', async (t) => {
    const warn = t.mock.method(console, 'warn', () => undefined);
    await renderSvg(curves);
    await renderSvg(histogram);
    assert.deepEqual(
      warn.mock.calls.map((call) => call.arguments),
      [],
    );
  });
});

describe('a PNG', () => {
  test('has the size of the SVG times its scale, and many colors', async () => {
    const svg = await renderSvg(histogram);
    const png = Buffer.from(renderPng(svg));
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    assert.deepEqual(
      [png.readUInt32BE(16), png.readUInt32BE(20)],
      [Number(width) * PNG_SCALE, Number(height) * PNG_SCALE],
    );
    assert.ok(new Set(pixelData(png)).size > 20);
  });

  test('says that it has 300 dots per inch', async () => {
    const chunks = chunksOf(Buffer.from(renderPng(await renderSvg(histogram))));
    assert.deepEqual(
      chunks.slice(0, 2).map(({ type }) => type),
      ['IHDR', 'pHYs'],
    );
    const [, resolution] = chunks;
    assert.equal(Math.round((resolution?.data.readUInt32BE(0) ?? 0) * 0.0254), 300);
  });

  test('contains the texts in the shipped font', async () => {
    const svg = await renderSvg(histogram);
    assert.match(svg, /font-family="Inter, /);
    const withoutTexts = svg.replace(/<text.*?<\/text>/g, '');
    assert.notDeepEqual(renderPng(svg), renderPng(withoutTexts));
  });
});

test('a figure is written with its data and specification, which draw the same picture', async () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-figures-')), 'figures');
  const written = await writeFigures([curves], folder);
  assert.deepEqual(
    written.map((file) => path.relative(folder, file)),
    ['figure-3.svg', 'figure-3.png'],
  );
  assert.deepEqual(readdirSync(folder), ['figure-3.csv', 'figure-3.png', 'figure-3.svg', 'figure-3.vl.json']);
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const again = await drawFile(folder, JSON.parse(read('figure-3.vl.json')) as TopLevelSpec);
  assert.deepEqual(curvesIn(again), curvesIn(read('figure-3.svg')));
});

/** Returns the chunks of a PNG, and checks their checksums. */
function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let start = 8; start < png.length;) {
    const end = start + 8 + png.readUInt32BE(start);
    assert.equal(png.readUInt32BE(end), crc32(png.subarray(start + 4, end)));
    chunks.push({ type: png.toString('latin1', start + 4, start + 8), data: png.subarray(start + 8, end) });
    start = end + 4;
  }
  return chunks;
}

/** Draws like the Vega editor, which loads the data from the file that the specification names. */
async function drawFile(folder: string, spec: TopLevelSpec): Promise<string> {
  const loader = vega.loader({ baseURL: `${folder}/`, mode: 'file' });
  return await new vega.View(vega.parse(compile(spec).spec), { renderer: 'none', loader }).toSVG();
}

/** Returns the paths of the curves, rounded to pixels. */
function curvesIn(svg: string): string[] {
  const paths = [...svg.matchAll(/d="(M[^"]+)" stroke="#/g)].map(([, d = '']) => d);
  assert.ok(paths.length > 0);
  return paths.map((d) => d.replace(/-?\d+(?:\.\d+)?/g, (number) => String(Math.round(Number(number)) + 0)));
}

/** The scan lines of a PNG's data chunks. */
function pixelData(png: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      chunks.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return inflateSync(Buffer.concat(chunks));
}
