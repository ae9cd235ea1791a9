import { SetupError } from './report.mjs';
import { WHEELS } from './wheel.mjs';

const IN_A_CONTAINER =
  'run it in a container, in a clone: `docker build --tag vae-sweep . && docker run --rm --volume vae-sweep:/store vae-sweep run sweeps/quickstart.yaml`';

/** Throws on a machine for which TensorFlow has no wheel: macOS, Windows, and Linux with musl, such as Alpine. */
export function requirePlatform() {
  const { platform, arch } = process;
  const isMusl = platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
  if (platform === 'linux' && arch in WHEELS && !isMusl) return;
  throw new SetupError(
    `vae-sweep needs Linux on x64 or arm64 with glibc, and this is ${platform} on ${arch}${isMusl ? ' with musl' : ''}`,
    IN_A_CONTAINER,
  );
}
