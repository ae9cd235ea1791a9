import { setNativeEnvironment } from '../src/compiler/native/environment.js';

/** Sets the environment of worker threads. Tests that load TensorFlow in their own thread import this module first. */
setNativeEnvironment();
