import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A self-signed certificate for 127.0.0.1, good for a day, in a folder of its own. */
export interface Certificate {
  certFile: string;
  keyFile: string;
  remove(): Promise<void>;
}

const run = promisify(execFile);

/** Made fresh with the `openssl` command: a key in the repository would be one that scanners find. P-256, as providers use. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-tls-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  await run('openssl', ['req', '-x509', ...key, '-out', certFile, '-days', '1', ...subject]);
  return { certFile, keyFile, remove: () => rm(folder, { recursive: true, force: true }) };
}
