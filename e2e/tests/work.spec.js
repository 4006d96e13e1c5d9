// 'Your work', its calendar, the choice of mail, and scheduled sources, as illustrative people see them.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { signInAs } from '../support/people.js';

const noTrouble = async (page) => {
  expect(await violations(page)).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, 'nothing scrolls sideways').toBe(0);
};

test('a contract manager sees what asks for them, and takes it along as a calendar and a file', async ({ page, request }) => {
  await signInAs(page, 'Dev Pritchard', '/work');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your work');
  await expect(page.getByRole('main')).toContainText(/things? asks? for you/);
  await noTrouble(page);
  const first = page.locator('.ct-row__what a').first();
  const title = await first.textContent();
  expect(title).toMatch(/^(Decide|Start buying|Look|Say|State|Name|Give|Confirm|Link)/);

  await page.getByRole('link', { name: /^Contracts \(/ }).last().click();
  await expect(page).toHaveURL(/subject=contract/);
  await noTrouble(page);
  await page.locator('.ct-row__what a').first().click();
  await expect(page).toHaveURL(/\/contracts\//);

  await page.goto('/work');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download this list (CSV)' }).click()]);
  expect(file.suggestedFilename()).toBe('your-work.csv');

  await page.getByRole('link', { name: 'Calendar of your dates' }).click();
  await noTrouble(page);
  await page.getByRole('button', { name: 'Make a calendar address' }).click();
  await noTrouble(page);
  const address = new URL(await page.getByLabel('The address of your new calendar').inputValue()).pathname;
  const feed = await request.get(address);
  expect(feed.headers()['content-type']).toContain('text/calendar');
  expect(await feed.text()).toContain('BEGIN:VEVENT');
  await page.getByRole('button', { name: /^Stop/ }).first().click();
  await expect(page.getByRole('alert')).toContainText('The calendar is stopped');
  expect((await request.get(address)).status()).toBe(404);
});

test('somebody says who stands in while they are away, and takes their work back', async ({ page }, info) => {
  // Journeys run in several projects at once over one server: each has a person of its own.
  await signInAs(page, { wide: 'Beatrix Olawale' }[info.project.name] ?? 'Kofi Brandt', '/work');
  await page.getByRole('link', { name: 'Say who stands in for you' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('While you are away');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Hand it over' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toContainText('Enter the first day you are away');
  await noTrouble(page);
  for (const [group, day] of [['First day', '1'], ['Last day', '5']]) {
    const boxes = page.getByRole('group', { name: group });
    await boxes.getByLabel('Day').fill(day);
    await boxes.getByLabel('Month').fill('12');
    await boxes.getByLabel('Year').fill('2026');
  }
  await page.getByLabel('Who stands in?').selectOption({ label: 'Leila Hartnoll' });
  await page.getByRole('button', { name: 'Hand it over' }).click();
  await expect(page.getByRole('main')).toContainText('Leila Hartnoll stands in for you');
  await noTrouble(page);
  await page.goto('/work');
  await expect(page.getByRole('complementary')).toContainText('Leila Hartnoll stands in for you from 1 December 2026 to 5 December 2026.');
  await noTrouble(page);
  await page.goto('/work/away');
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.getByRole('main')).not.toContainText('Leila Hartnoll stands in');
});

test('somebody chooses which mail they get', async ({ page }) => {
  await signInAs(page, 'Noor Whitcombe', '/account/mail');
  await noTrouble(page);
  const reminders = page.getByLabel('Decision dates of contracts you look after');
  const wanted = await reminders.isChecked();
  await reminders.setChecked(!wanted);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('Your choice of mail is saved');
  await expect(reminders).toBeChecked({ checked: !wanted });
});

test('an editor keeps a scheduled source, and is told why it cannot be read', async ({ page }, info) => {
  const name = `Register, ${info.project.name}`;
  await signInAs(page, 'Leila Hartnoll', '/sources');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Add a source' }).click();
  await noTrouble(page);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save the source' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toContainText('Enter the address of the source');
  await expect(page.getByLabel('Name')).toHaveValue(name);
  await noTrouble(page);
  await page.getByLabel('A contract register as CSV').check();
  await page.getByLabel('Address').fill('https://127.0.0.1:8443/contracts.csv');
  await page.getByRole('button', { name: 'Save the source' }).click();
  await expect(page.getByRole('alert')).toContainText('Enter an address on the public internet');
  await noTrouble(page);
  // A name tells nothing; that it leads to this machine itself is found out when it is fetched.
  await page.getByLabel('Address').fill('https://localhost:8443/contracts.csv');
  await page.getByRole('button', { name: 'Save the source' }).click();
  await expect(page.getByRole('alert')).toContainText('The source is saved');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(async () => {
    await page.getByRole('button', { name: 'Read now' }).click();
    await expect(page.getByRole('main')).toContainText('the host does not stand on the public internet', { timeout: 1500 });
  }).toPass({ timeout: 90_000 });
  await noTrouble(page);
  await page.getByRole('link', { name: 'Change this source' }).click();
  await noTrouble(page);
  await page.getByLabel('Only when somebody says so').check();
  await page.getByRole('button', { name: 'Save the source' }).click();
  await page.getByRole('link', { name: 'Stop reading it' }).click();
  await noTrouble(page);
  await page.getByRole('button', { name: 'Stop reading it' }).click();
  await expect(page.getByRole('alert')).toContainText('The source is no longer read');
});

test('an administrator lets a directory in', async ({ page }) => {
  await signInAs(page, 'Owen Castlereagh', '/account/provisioning');
  await noTrouble(page);
  await expect(page.getByLabel('Address (SCIM 2.0 tenant URL)')).toHaveValue(/\/scim\/v2$/);
});

test('a person finds where they correct what they are called', async ({ page }) => {
  await signInAs(page, 'Noor Whitcombe', '/account');
  await page.getByRole('link', { name: 'Correct your name' }).click();
  await noTrouble(page);
  await expect(page.getByLabel('What you are called')).toHaveValue('Noor Whitcombe');
  await page.getByLabel('What you are called').fill('');
  await page.getByRole('button', { name: 'Save your name' }).click();
  await expect(page.getByRole('alert')).toContainText('Enter your name');
  await noTrouble(page);
});
