import type { InstalledPlugin } from '../../../task/plugins.js';
import { installedPlugins, pluginParts } from '../../../task/plugins.js';
import type { Metric } from '../metrics/metric.js';
import type { PluginDataset, PluginReport } from './plugin.js';

export function pluginDatasets(): PluginDataset[] {
  return pluginParts('datasets');
}

export function pluginMetrics(): Metric[] {
  return pluginParts('metrics');
}

export function pluginReports(): PluginReport[] {
  return pluginParts('reports');
}

/** Returns the hashes, by name, of the plugins that a task's logs depend on: the one with its data and all that have metrics. */
export function pluginVersionsFor(experiment: string): Readonly<Record<string, string>> {
  const decides = ({ parts: { metrics = [], datasets = [] } }: InstalledPlugin) =>
    metrics.length > 0 || datasets.some((dataset) => dataset.name === experiment);
  return Object.fromEntries(
    installedPlugins()
      .filter(decides)
      .map((plugin) => [plugin.name, plugin.hash]),
  );
}
