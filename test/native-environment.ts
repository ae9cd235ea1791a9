import { setNativeEnvironment } from '../src/compiler/native/environment.js';

/** Imported first by every test that loads TensorFlow in its own thread: what a run's threads have, the tests have too. */
setNativeEnvironment();
