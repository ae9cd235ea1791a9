import type { Metric } from '../experiments/vae/metrics/metric.js';
import type { Plugin, PluginDataset, PluginReport } from '../experiments/vae/plugins/plugin.js';

export interface InstalledPlugin {
  readonly plugin: Plugin;
  /** Absolute. */
  readonly file: string;
  /** Start of the file's SHA-256. */
  readonly hash: string;
}

/** Those of this process or thread. Set once, before anything asks for an experiment or a metric. */
const installed: InstalledPlugin[] = [];

export function installPlugin(plugin: InstalledPlugin): void {
  installed.push(plugin);
}

export function installedPlugins(): readonly InstalledPlugin[] {
  return installed;
}

export function pluginDatasets(): PluginDataset[] {
  return installed.flatMap(({ plugin }) => plugin.datasets ?? []);
}

/** In an order that the order of the plugins does not change: it is that of the log's columns. */
export function pluginMetrics(): Metric[] {
  return byName().flatMap(({ plugin }) => plugin.metrics ?? []);
}

export function pluginReports(): PluginReport[] {
  return installed.flatMap(({ plugin }) => plugin.reports ?? []);
}

/** Hashes by name of the plugins that a run's logs depend on: that of its data, and all with metrics. */
export function decisivePlugins(experiment: string): Readonly<Record<string, string>> {
  const decides = ({ plugin: { metrics = [], datasets = [] } }: InstalledPlugin) =>
    metrics.length > 0 || datasets.some(({ name }) => name === experiment);
  return Object.fromEntries(
    byName()
      .filter(decides)
      .map(({ plugin, hash }) => [plugin.name, hash]),
  );
}

/** What a run depends on has an order that does not depend on theirs on the command line. */
function byName(): InstalledPlugin[] {
  return [...installed].sort((a, b) => (a.plugin.name < b.plugin.name ? -1 : 1));
}
