/** Why the wheel's way can't be tested on this machine, or false. */
export const NO_WHEEL_HERE =
  process.platform !== 'linux' || process.arch !== 'x64'
    ? 'the pinned TensorFlow is for Linux x64'
    : false;
