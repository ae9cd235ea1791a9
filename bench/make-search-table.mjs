/**
 * Runs search-table.yaml and writes the mean final loss over seeds of each learning rate and width, in nats, to search-table.json:
 * npm run build && node bench/make-search-table.mjs
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readLogs, runSweep } from 'vae-sweep';

const file = fileURLToPath(new URL('search-table.yaml', import.meta.url));
const out = process.argv[2] ?? 'out';
await runSweep(file, { out });
const losses = new Map();
for await (const { task, evaluations } of readLogs(file, { out })) {
  const { learningRate, hiddenWidths } = task.settings;
  const key = JSON.stringify([learningRate, hiddenWidths[0]]);
  const loss = evaluations().getChild('loss').toArray().at(-1);
  losses.set(key, [...(losses.get(key) ?? []), loss]);
}
const cells = [...losses].map(([key, values]) => [...JSON.parse(key), values]);
const axis = (index) => [...new Set(cells.map((cell) => cell[index]))].sort((a, b) => a - b);
const [learningRates, widths] = [axis(0), axis(1)];
const meanLoss = learningRates.map((rate) =>
  widths.map((width) => {
    const [, , values] = cells.find((cell) => cell[0] === rate && cell[1] === width);
    return Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(6));
  }),
);
writeFileSync(
  new URL('search-table.json', import.meta.url),
  `${JSON.stringify({ learningRates, widths, meanLoss })}\n`,
);
