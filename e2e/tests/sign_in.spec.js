// Signing in with a code, with an authenticator app, by an organisation's own provider and as an illustrative person; what an
// administrator does about people. Each runs with script and without. Passkeys, which need script, have a file of their own.
import { readFileSync } from 'node:fs';
import { test as plain } from '@playwright/test';
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { appCode, citytools, mail, provider, signInAs, signInByCode, typeMailedCode } from '../support/people.js';

/** Journeys run in several projects at once over one server: each has people of its own. */
const own = (info, names) => names[info.project.name];
const noTrouble = async (page) => {
  expect(await violations(page)).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, 'nothing scrolls sideways').toBe(0);
};

test('an editor signs in with a code, sees where they are signed in, and signs out', async ({ page }, info) => {
  const address = own(info, { wide: 'leila.hartnoll@camden.example', 'no script': 'tamsin.okoro@islington.example' });
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount$/);
  await page.getByLabel('Your work email address').fill('not an address');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await expect(page).toHaveTitle(/^Error: Sign in/);
  await expect(page.getByRole('alert')).toContainText('Enter an email address in the correct format');
  await expect(page.getByLabel('Your work email address')).toHaveValue('not an address');
  await noTrouble(page);
  await page.getByLabel('Your work email address').fill(address);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await expect(page.getByLabel('The code from the email')).toBeVisible();
  await noTrouble(page);
  const { subject, text } = mail(address);
  const code = subject.slice(0, 8);
  expect(text).toContain(code);
  await page.getByLabel('The code from the email').fill(`${code.slice(0, 4)} ${code.slice(4)}`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account');
  await expect(page.getByRole('main')).toContainText('This browser');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You have signed out');
  await page.goBack();
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('the first administrator is invited on the command line, sets up an app by the link, signs in and invites someone', async ({ page }, info) => {
  const slug = own(info, { wide: 'barnet', 'no script': 'bexley' });
  const address = `first@${slug}.example`;
  const link = citytools('person', 'invite', address, '--organisation', slug, '--role', 'administrator');
  await page.goto(new URL(link).pathname + new URL(link).search);
  await noTrouble(page);
  // Browsers make no passkey for a bare number; the page says where they do.
  await expect(page.getByRole('link', { name: 'open this link at localhost' })).toHaveAttribute('href', /^http:\/\/localhost:\d+\/set-up\?token=/);
  await page.getByRole('button', { name: 'Use an authenticator app' }).click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await noTrouble(page);
  const key = await page.locator('.ct-key-text').textContent();
  await page.getByLabel('The code that the app shows').fill('12');
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByLabel('The code that the app shows').fill(appCode(key));
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const codes = await page.locator('.ct-codes code').allTextContents();
  expect(new Set(codes).size).toBe(10);
  await noTrouble(page);

  await signInByCode(page, address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prove it is you');
  await noTrouble(page);
  // The code that set the app up is spent; the next one is good.
  await page.getByLabel('The code that your authenticator app shows').fill(appCode(key, 1));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.goto(`/organisations/${slug}/people`);
  await expect(page.getByRole('main')).toContainText('1 person acts');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Invite someone' }).click();
  await page.getByLabel('Their name').fill('New Comer');
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByLabel('Their name')).toHaveValue('New Comer');
  await noTrouble(page);
  await page.getByLabel('Their work email address').fill(`new@${slug}.example`);
  await page.getByLabel('Editor', { exact: true }).check();
  await page.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page.getByRole('alert')).toContainText(`An invitation was sent to new@${slug}.example`);
  await expect(page.getByRole('main')).toContainText('Invited, not yet here');

  const invitation = /\/invitation\?token=[0-9a-f]{64}/.exec(mail(`new@${slug}.example`).text)[0];
  await page.context().clearCookies();
  await page.goto(invitation);
  await noTrouble(page);
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
  await expect(page.getByLabel('Your work email address')).toHaveValue(`new@${slug}.example`);
  await signInByCode(page, `new@${slug}.example`);
  await page.goto('/account');
  await expect(page.getByRole('main')).toContainText('editor');

  // A recovery code opens where the app is lost.
  await page.context().clearCookies();
  await signInByCode(page, address);
  await page.getByRole('link', { name: 'Use a recovery code instead' }).click();
  await noTrouble(page);
  await page.getByLabel('One of your recovery codes').fill(codes[3]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.goto('/account');
  await expect(page.getByRole('main')).toContainText('9 recovery codes left');
});

test('an administrator changes roles, takes a place away, and asks for the access review', async ({ page, browser, baseURL }, info) => {
  const { administrator, slug, other, role } = own(info, {
    wide: { administrator: 'Femi Castle', slug: 'hackney', other: 'Claudette Barrow', role: 'Caldicott Guardian' },
    'no script': { administrator: 'Edith Vance', slug: 'islington', other: 'Constance Abara', role: 'Caldicott Guardian' },
  });
  await signInAs(page, administrator, `/organisations/${slug}/people`);
  await noTrouble(page);
  const victim = await browser.newContext({ baseURL });
  const theirs = await victim.newPage();
  await signInAs(theirs, other);
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('Your account');

  await page.getByRole('link', { name: other }).click();
  await noTrouble(page);
  await page.getByRole('group', { name: 'Roles they hold' }).getByLabel(role).uncheck();
  await page.getByRole('group', { name: 'Roles they hold' }).getByLabel('Viewer').check();
  await page.getByRole('button', { name: 'Save the roles' }).click();
  await expect(page.getByRole('alert')).toContainText('The roles are saved');
  await page.getByRole('link', { name: other }).click();
  await page.getByRole('button', { name: 'Take their place away' }).click();
  await expect(page.getByRole('alert')).toContainText(`${other} no longer acts for`);
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await victim.close();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Access review as CSV' }).click()]);
  expect(download.suggestedFilename()).toBe(`access-review-${slug}.csv`);
  expect(readFileSync(await download.path(), 'utf8')).toContain(`"${other}"`);
});

test('a person with two organisations acts for one at a time, and always sees for which', async ({ page }) => {
  await signInAs(page, 'Anjali Rao');
  await page.getByRole('link', { name: /^Change/ }).click();
  await noTrouble(page);
  await page.getByLabel('Islington').check();
  await page.getByRole('button', { name: 'Act for it' }).click();
  await expect(page.getByText(/Acting for\s+Islington/)).toBeVisible();
  await page.goto('/contracts');
  await expect(page.getByText(/Acting for\s+Islington/)).toBeVisible();
});

test('those who run the network add an organisation with its dates', async ({ page }, info) => {
  const name = own(info, { wide: 'Watford', 'no script': 'Epsom and Ewell' });
  await signInAs(page, 'Imogen Farrow', '/network');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Add an organisation' }).click();
  await page.getByRole('button', { name: 'Add the organisation' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await noTrouble(page);
  await page.getByLabel('The name people use').fill(name);
  await page.getByLabel('A council').check();
  const from = page.getByRole('group', { name: 'Member from (optional)' });
  await from.getByLabel('Day').fill('1');
  await from.getByLabel('Month').fill('4');
  await from.getByLabel('Year').fill('2024');
  await page.getByRole('button', { name: 'Add the organisation' }).click();
  await expect(page.getByRole('alert')).toContainText(`${name} is added`);
  await page.goto('/network');
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('1 April 2024');
});

test('a token is made, shown once, works, and is taken back', async ({ page, request }, info) => {
  await signInAs(page, own(info, { wide: 'Dev Pritchard', 'no script': 'Sunita Moorcroft' }), '/account/tokens');
  await noTrouble(page);
  await page.getByLabel('What it is for').fill('Nightly export');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await noTrouble(page);
  await page.getByLabel('How long it works').selectOption('7 days');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const token = await page.locator('.ct-secret').textContent();
  await noTrouble(page);
  const asked = () => request.get('/api/me', { headers: { authorization: `Bearer ${token}` } });
  expect((await asked()).status()).toBe(200);
  await page.getByRole('button', { name: 'Take back Nightly export' }).click();
  expect((await asked()).status()).toBe(401);
});

// Beside ours there are the provider's own pages here, so the page is not watched for asking elsewhere.
plain('a person signs in with their organisation’s own account, at the certified provider', async ({ page }, info) => {
  const { administrator, slug, organisation } = own(info, {
    wide: { administrator: 'Owen Castlereagh', slug: 'camden', organisation: 'Camden' },
    'no script': { administrator: 'Imogen Farrow', slug: 'sutton', organisation: 'Sutton' },
  });
  const base = process.env.CITYTOOLS_URL;
  const certified = await provider(`${base}/sign-in/provider`);
  try {
    await page.goto(`${base}/sign-in?next=/organisations/${slug}/sign-in`);
    await page.getByRole('button', { name: `Sign in as ${administrator}` }).click();
    await noTrouble(page);
    await page.getByRole('radio', { name: 'Another OpenID provider' }).check();
    await page.getByLabel('Issuer').fill(certified.issuer);
    await page.getByLabel('Client ID').fill(certified.client_id);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('The sign-in settings are saved');
    const address = `ada@${slug}.example`;
    await page.goto(`${base}/organisations/${slug}/people/invite`);
    await page.getByLabel('Their name').fill('Ada Provider');
    await page.getByLabel('Their work email address').fill(address);
    await page.getByLabel('Editor', { exact: true }).check();
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    const invitation = /\/invitation\?token=[0-9a-f]{64}/.exec(mail(address).text)[0];
    await page.context().clearCookies();
    await page.goto(`${base}${invitation}`);
    await page.getByRole('button', { name: 'Accept and sign in' }).click();
    await page.getByRole('button', { name: organisation, exact: true }).click();
    // The page that leads there goes on by itself, or by its button.
    await page.waitForURL((url) => url.origin === certified.issuer);
    await page.getByLabel('Account').fill(`ada-${slug}`);
    await page.getByLabel('Email').fill('somebody.else@elsewhere.example');
    await page.getByLabel('Methods').fill('pwd otp');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL((url) => url.origin === base);
    await page.goto(`${base}/account`);
    await expect(page.getByRole('main')).toContainText('Ada Provider');
    await expect(page.getByRole('main')).toContainText('your organisation’s sign-in');
    await noTrouble(page);
  } finally {
    certified.stop();
  }
});

plain('who has a place already connects their organisation’s own sign-in, comes in by it, and disconnects it', async ({ page }, info) => {
  const { slug, organisation } = own(info, {
    wide: { slug: 'brent', organisation: 'Brent' },
    'no script': { slug: 'bromley', organisation: 'Bromley' },
  });
  const base = process.env.CITYTOOLS_URL;
  const address = `cara@${slug}.example`;
  const certified = await provider(`${base}/sign-in/provider`);
  const atProvider = async (account) => {
    await page.waitForURL((url) => url.origin === certified.issuer);
    await page.getByLabel('Account').fill(account);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL((url) => url.origin === base);
  };
  const sees = async () => {
    await noTrouble(page);
    await page.setViewportSize({ width: 320, height: 720 });
    await noTrouble(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  };
  try {
    // She has a place, by code, before there is a provider.
    await page.goto(`${base}/sign-in?next=/organisations/${slug}/people/invite`);
    await page.getByRole('button', { name: 'Sign in as Imogen Farrow' }).click();
    await page.getByLabel('Their name').fill('Cara Place');
    await page.getByLabel('Their work email address').fill(address);
    await page.getByLabel('Editor', { exact: true }).check();
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.goto(`${base}/organisations/${slug}/sign-in`);
    await page.getByRole('radio', { name: 'Another OpenID provider' }).check();
    await page.getByLabel('Issuer').fill(certified.issuer);
    await page.getByLabel('Client ID').fill(certified.client_id);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.context().clearCookies();
    await page.goto(`${base}/sign-in?next=/account`);
    await typeMailedCode(page, address);
    const section = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: 'Your organisation’s own sign-in' }) });
    const row = section.getByRole('row', { name: new RegExp(`^${organisation}`) });
    await expect(section).toContainText(`${organisation} has a sign-in of its own`);
    await sees();
    const connect = page.getByRole('button', { name: `Connect ${organisation}’s sign-in` });
    await connect.click();
    await atProvider(`cara-${slug}`);
    await expect(page).toHaveURL(`${base}/account`);
    await expect(page.getByRole('alert')).toContainText(`From now on you can sign in with ${organisation}’s own sign-in`);
    expect(mail(address).subject).toContain('sign-in was connected');
    await expect(connect).toHaveCount(0);
    await expect(row).toContainText(certified.issuer);
    await sees();

    // The next time she comes by it, in a browser that knows nothing of her.
    await page.context().clearCookies();
    const asks = page.getByRole('listitem').getByRole('button', { name: organisation, exact: true });
    await page.goto(`${base}/sign-in?next=/account`);
    await asks.click();
    await atProvider(`cara-${slug}`);
    await expect(page.getByRole('main')).toContainText('by your organisation’s sign-in');
    await row.getByRole('button', { name: /^Disconnect/ }).click();
    await expect(page.getByRole('alert')).toContainText('The sign-in is disconnected');
    await expect(connect).toBeVisible();
    await page.context().clearCookies();
    await page.goto(`${base}/sign-in`);
    await asks.click();
    await atProvider(`cara-${slug}`);
    await expect(page).toHaveURL(/\/sign-in\?problem=not-known/);
    await sees();
  } finally {
    certified.stop();
  }
});
