import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { skipWithout } from '../../required-tool.js';

/** Reason to skip tests that need certificates, or false. */
export const noOpenssl = skipWithout(
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed',
);

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority in a temporary folder. */
export class Authority {
  /** The file of its own certificate. */
  readonly certificate: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-authority-'));
  readonly #key: string;

  constructor() {
    this.certificate = path.join(this.#folder, 'authority.pem');
    this.#key = path.join(this.#folder, 'authority.key');
    const files = ['-keyout', this.#key, '-out', this.certificate];
    openssl('req', '-x509', ...KEY, '-days', '2', '-subj', '/CN=Test authority', ...files);
  }

  /** Creates a certificate for a server, for example `IP:127.0.0.1`. Returns its files. */
  certify(server: string): { certificate: string; key: string } {
    const [certificate, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((ending) =>
      path.join(this.#folder, `server.${ending}`),
    ) as [string, string, string, string];
    openssl('req', ...KEY, '-subj', '/CN=redis', '-keyout', key, '-out', request);
    writeFileSync(extensions, `subjectAltName=${server}\n`);
    const authority = ['-CA', this.certificate, '-CAkey', this.#key, '-CAcreateserial'];
    const files = ['-in', request, '-out', certificate, '-extfile', extensions];
    openssl('x509', '-req', '-days', '2', ...authority, ...files);
    return { certificate, key };
  }
}

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
