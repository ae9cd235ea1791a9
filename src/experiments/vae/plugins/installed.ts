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

/** Hashes by name of the plugins that a run's logs depend on: that of its data, and all with metrics. */
export function pluginVersionsFor(experiment: string): Readonly<Record<string, string>> {
  const decides = ({ parts: { metrics = [], datasets = [] } }: InstalledPlugin) =>
    metrics.length > 0 || datasets.some((dataset) => dataset.name === experiment);
  return Object.fromEntries(
    installedPlugins()
      .filter(decides)
      .map((plugin) => [plugin.name, plugin.hash]),
  );
}
