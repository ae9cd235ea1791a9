import './restore-util.js';
import tf from '@tensorflow/tfjs-node';

/**
 * The one door to TensorFlow: every other module takes `tf` from here, so that nothing loads tfjs-node before the
 * functions it misses in newer Nodes are put back.
 */
export { tf };
