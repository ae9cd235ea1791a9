interface Report {
  readonly header: { readonly glibcVersionRuntime?: string };
}

/** Reason to skip tests that need the pinned TensorFlow, or false. */
export const NO_WHEEL_HERE =
  process.platform === 'linux' &&
  ['x64', 'arm64'].includes(process.arch) &&
  (process.report.getReport() as Report).header.glibcVersionRuntime !== undefined
    ? false
    : 'the pinned TensorFlow is for Linux x64 and arm64 with glibc';
