// Signing in, for journeys: mail out of the server's own outbox, codes of an authenticator app, illustrative people, the
// certified identity provider of e2e/oidc.
import { createHmac } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Subject and text of the latest message to an address that waits in the outbox; undefined where there is none. */
export function mail(address) {
  const read = `
import json, sqlite3, sys
rows = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(
    "select subject, text_part from outbox where recipient = ? and state = 'waiting' order by created_at desc, id desc limit 1",
    (sys.argv[2],)).fetchone()
print(json.dumps(rows))`;
  const row = JSON.parse(execFileSync('python3', ['-c', read, process.env.CITYTOOLS_DATABASE, address], { encoding: 'utf8' }));
  return row ? { subject: row[0], text: row[1] } : undefined;
}

/** The latest sign-in code that was mailed to an address. */
export const mailedCode = (address) => /^(\d{8}) is your City Tools code/.exec(mail(address)?.subject ?? '')?.[1];

/** What an authenticator app shows for a key, so many steps of 30 seconds from now. */
export function appCode(key, ahead = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replace(/\s/g, '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', secret).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Types an address, takes the code from the outbox, types it. */
export async function signInByCode(page, address) {
  await page.goto('/sign-in');
  await typeMailedCode(page, address);
}

/** Types an address on the page that is open, takes the code from the outbox once the page that asks for it is there, types it. */
export async function typeMailedCode(page, address) {
  await page.getByLabel('Your work email address').fill(address);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  const code = page.getByLabel('The code from the email');
  await code.waitFor();
  await code.fill(mailedCode(address));
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Signs in as an illustrative person, which `--demo` offers on this machine. */
export async function signInAs(page, name, next = '/account') {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByRole('button', { name: `Sign in as ${name}`, exact: true }).click();
}

/** Runs the command line on a database: an empty one is made where there is none. */
export function citytoolsOn(database, ...command) {
  const binary = resolve(process.env.CITYTOOLS_BINARY ?? join(import.meta.dirname, '../../target/debug/citytools'));
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 << 20 };
  return execFileSync(binary, [...command, '--database', `sqlite:${database}`], options).trim();
}

/** Runs the command line on the database that is being served. */
export const citytools = (...command) => citytoolsOn(process.env.CITYTOOLS_DATABASE, ...command);

/** Starts the certified provider; gives its issuer and what stops it. */
export async function provider(redirect) {
  const child = spawn('node', ['provider.js', '--redirect', redirect], {
    cwd: join(import.meta.dirname, '../oidc'),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = await Promise.race([
    new Promise((answer) => createInterface(child.stdout).once('line', (text) => answer([text]))),
    new Promise((_, refuse) => child.once('exit', (code) => refuse(new Error(`the test provider ended with ${code}; run scripts/install-tools`)))),
  ]);
  return { ...JSON.parse(line), stop: () => child.kill() };
}
