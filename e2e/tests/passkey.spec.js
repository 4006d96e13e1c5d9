// Passkeys, with Chromium's own virtual authenticator. They need script, and a name: this machine's is localhost.
import { test as base, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { signInAs, signInByCode } from '../support/people.js';

const test = base.extend({ baseURL: async ({}, use) => use(process.env.CITYTOOLS_URL.replace('127.0.0.1', 'localhost')) });

async function authenticator(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  return {
    credentials: async () => (await client.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (isUserVerified) => client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}

// With the first second factor all other sessions of a person end, so these are people of no other journey.
test('a person makes a passkey and signs in with it; without it nobody gets in', async ({ page }) => {
  const keys = await authenticator(page);
  const address = 'miriam.castellane@camden.example';
  await signInByCode(page, address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Set up a second factor');
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('A passkey').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('What to call it (optional)').fill('Work laptop');
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  expect(await keys.credentials()).toHaveLength(1);
  await page.goto('/account');
  await expect(page.getByRole('main')).toContainText('Work laptop');
  await page.getByRole('button', { name: 'Sign out' }).click();

  await signInByCode(page, address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prove it is you');
  expect(await violations(page)).toEqual([]);
  // A key that cannot tell who holds it is not enough, and the page says so.
  await keys.verifies(false);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('No passkey was used');
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await keys.verifies(true);
  await page.goto('/sign-in/second-factor');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page).not.toHaveURL(/second-factor/);
  await page.goto('/account');
  await expect(page.getByRole('main')).toContainText('emailed code and passkey');
});

test('a passkey is a fresh check too', async ({ page }) => {
  await authenticator(page);
  await signInAs(page, 'Yemi Lindqvist', '/account/second-factor');
  await page.getByLabel('A passkey').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  await page.goto('/sign-in/check?next=/account/tokens');
  await page.getByRole('button', { name: 'Use your second factor' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page).toHaveURL(/\/account\/tokens$/);
});
