import './restore-util.js';
import tf from '@tensorflow/tfjs-node';

/**
 * The only import of tfjs-node. Every other module imports `tf` from here, so that the functions that newer versions of Node lack are
 * restored before tfjs-node is loaded.
 */
export { tf };
