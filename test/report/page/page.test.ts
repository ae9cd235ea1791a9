import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../../src/experiments/index.js';
import { renderPage, type PageContent } from '../../../src/report/page/page.js';
import { h } from 'preact';
import { Theory, type PageStatement } from '../../../src/experiments/paper/page/theory.js';

const table = {
  name: 'one',
  title: 'One <table>',
  caption: 'Means',
  head: ['cell', 'loss'],
  body: [
    ['3-7-6', '1 ± 2'],
    ['  printed', '3'],
  ],
  notes: ['a & b'],
  records: [],
};
const content: PageContent = {
  title: 'A sweep',
  command: 'vae-sweep report a.yaml',
  versions: 'TensorFlow 2.21.0',
  summary: ['4 tasks vary width.', '3 of 4 have finished.'],
  missing: [{ name: 'linear-1', reason: 'at step 5' }],
  parts: [{ title: 'Part', tables: [table], runs: { ...table, name: 'runs' } }],
  sections: [],
  figures: [{ name: 'figure1', title: 'Figure 1', caption: 'Norms', svg: '<svg viewBox="0 0 1 1"></svg>' }],
  figureNotes: ['figure2 is left out'],
};

test('the page shows everything, with tables of tasks collapsed, and loads no other files', () => {
  const html = renderPage(content);
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
  for (const part of [
    '4 tasks vary width. 3 of 4 have finished.</p>',
    'One &lt;table>',
    'a &amp; b',
    '<svg viewBox',
    'figure2 is left out',
  ])
    assert.ok(html.includes(part), part);
  assert.match(html, /<details><summary>All tasks of Part<\/summary>/);
  assert.match(html, /<tr class="printed"><th scope="row"> {2}printed<\/th><td>3<\/td><\/tr>/);
  assert.match(html, /linear-1: at step 5/);
  assert.doesNotMatch(html, /<script|<link|src=|url\(|https?:/);
});

test('the theory section shows explanation, verdict and figures of each statement, with its tasks collapsed', () => {
  const statement: PageStatement = {
    name: 'theory-flow',
    title: 'Theorem <5>',
    explanation: ['It says.', 'It matters.', 'It was computed.'],
    findings: ['The text says rows'],
    outcome: 'does not hold',
    verdict: 'Holds in 3 of 4 runs',
    notes: ['1 run ended early.'],
    exceptions: ['2-6-4, seed 1: max-time'],
    tables: [table],
    runs: { ...table, name: 'runs' },
    figures: content.figures,
    figureNotes: ['no figure of another'],
  };
  const html = renderPage({
    ...content,
    parts: [],
    sections: [{ id: 'theory', title: 'Theory', content: h(Theory, { statements: [statement] }) }],
  });
  assert.match(html, /<a href="#theory">Theory<\/a>/);
  for (const part of [
    '<section id="theory-flow"><h3>Theorem &lt;5></h3><p>It says. It matters. It was computed.</p>',
    'data-outcome="does not hold"><p><span class="outcome">does not hold</span> Holds in 3 of 4 runs.</p>',
    '1 run ended early.',
    '2-6-4, seed 1: max-time',
    'The text says rows',
    'no figure of another',
    '<details><summary>All tasks</summary>',
  ])
    assert.ok(html.includes(part), part);
  assert.ok(!html.includes('id="tables"'), 'a sweep without training runs has no tables of them');
  assert.doesNotMatch(html, /<script|<link|src=|url\(|https?:/);
});

test('empty sections are left out', () => {
  const html = renderPage({ ...content, missing: [], figures: [], figureNotes: [] });
  for (const id of ['missing', 'figures']) assert.ok(!html.includes(`id="${id}"`), id);
});

test('sections of experiments are above or below the tables', () => {
  const section = (id: string, isFirst: boolean) => ({ id, title: `On ${id}`, isFirst, content: id });
  const html = renderPage({ ...content, sections: [section('beneath', false), section('above', true)] });
  const ids = [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, ['above', 'tables', 'beneath', 'figures', 'missing']);
  assert.match(html, /<a href="#above">On above<\/a><a href="#tables">/);
});

test('equal content gives the same page', () => {
  assert.equal(renderPage(content), renderPage(structuredClone(content)));
});
