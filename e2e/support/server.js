// One City Tools server for the whole run: a free port, a throw-away database, the illustrative register, a fixed day.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The day the register believes it is, so that 'ends in the next 12 months' means the same every time. */
export const AS_AT = '2026-11-23';

function freePort() {
  return new Promise((answer, refuse) => {
    const server = createServer();
    server.on('error', refuse);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => answer(port));
    });
  });
}

/** Playwright calls this before the first test, and what it gives after the last. */
export default async function start() {
  // Someone else's server may be tested too, as long as it shows the illustrative register of AS_AT.
  if (process.env.CITYTOOLS_URL) return undefined;

  const binary = resolve(process.env.CITYTOOLS_BINARY ?? join(import.meta.dirname, '../../target/debug/citytools'));
  if (!existsSync(binary)) throw new Error(`There is no ${binary}. Build it with: cargo build -p citytools`);

  const folder = mkdtempSync(join(tmpdir(), 'citytools-e2e-'));
  const log = join(folder, 'server.log');
  const output = openSync(log, 'a');
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = spawn(
    binary,
    ['serve', '--demo', '--as-at', AS_AT, '--listen', url.slice('http://'.length), '--database', `sqlite:${join(folder, 'citytools.db')}`],
    { cwd: folder, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  let ended;
  server.on('error', (error) => { ended = String(error); });
  server.on('exit', (code, signal) => { ended = `it ended with ${signal ?? code}`; });

  const stop = async () => {
    if (!ended) {
      const gone = new Promise((answer) => server.once('exit', answer));
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(timer);
    }
    rmSync(folder, { recursive: true, force: true });
  };

  const deadline = Date.now() + 120_000;
  for (;;) {
    const ready = await fetch(`${url}/health/ready`).then((answer) => answer.ok, () => false);
    if (ready) break;
    if (ended || Date.now() > deadline) {
      const said = readFileSync(log, 'utf8');
      const why = ended ?? 'it was not ready after two minutes';
      await stop();
      throw new Error(`The server did not start (${why}). It said:\n${said}`);
    }
    await new Promise((later) => setTimeout(later, 50));
  }

  // The workers are started after this, and inherit it.
  process.env.CITYTOOLS_URL = url;
  process.env.CITYTOOLS_DATABASE = join(folder, 'citytools.db');
  return stop;
}
