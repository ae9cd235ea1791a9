import { setNativeEnvironment } from './environment.js';

// TensorFlow reads the environment once, when it is loaded, so this module must be imported before any that loads it.
setNativeEnvironment();
