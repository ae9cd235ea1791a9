/**
 * Types for plugins that add experiments. The page "Your own experiments" is a tutorial.
 *
 * ```js
 * const coinFlips = {
 *   name: 'coin-flips',
 *   form: 'function',
 *   settings: { heads: { type: 'number', min: 0, max: 1, default: 0.5 } },
 *   columns: { rows: [{ name: 'flip' }], summary: [{ name: 'mean' }] },
 *   rows: () => 10,
 *   *run({ heads, seed }) {
 *     let sum = 0;
 *     for (let i = 1; i <= 10; i++) {
 *       const flip = (Math.sin(seed * 1000 + i) + 1) / 2 < heads ? 1 : 0;
 *       sum += flip;
 *       yield { flip };
 *     }
 *     return { mean: sum / 10 };
 *   },
 * };
 * export default { name: 'coins', experiments: [coinFlips] };
 * ```
 *
 * @module vae-sweep/experiment
 */
export type {
  FunctionContext,
  UserColumn as Column,
  UserCommandExperiment as CommandExperiment,
  UserFunctionExperiment as FunctionExperiment,
  UserSetting as Setting,
  UserSettings as Settings,
} from '../experiments/user/definition.js';
export type {
  LoopProgram,
  MakeLoop,
  TrainedSettings,
  Training as TaskTraining,
} from '../forms/training/definition.js';
export type {
  TrainingExperiment,
  TrainingTools,
  UserTraining as Training,
} from '../experiments/user/training.js';
