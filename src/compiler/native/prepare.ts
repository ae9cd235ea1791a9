import { setNativeEnvironment } from './environment.js';

// TensorFlow reads it once, when it is loaded: imported before anything that loads it.
setNativeEnvironment();
