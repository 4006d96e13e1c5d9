// A file of templates is written in the browser: begun from one that there is, checked line by line, previewed; and thrown away, so
// that the other journeys go on with what ships.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { signInAs } from '../support/people.js';

const noTrouble = async (page) => {
  expect(await violations(page)).toEqual([]);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(sideways, `nothing scrolls sideways at ${width} px`).toBe(0);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
};

test('the hub writes a new version of the screening rules, sees what is wrong by line, and walks through it', async ({ page }) => {
  await signInAs(page, 'Imogen Farrow', '/templates/urn:citytools:screening:uk-gdpr/1.0.1');
  await page.getByRole('link', { name: 'Write a new version, for everyone' }).click();
  const file = page.getByLabel('The file');
  await expect(file).toHaveValue(/version: 1\.1\.0/);
  await noTrouble(page);
  await file.fill((await file.inputValue()).replace('criteria: {review: 1', 'criteria: {review: one'));
  await page.getByRole('button', { name: 'Keep it as a draft' }).click();
  await expect(page.getByRole('alert')).toContainText('The draft is kept');
  const problems = page.locator('#problems');
  await expect(problems).toContainText('criteria › review');
  await noTrouble(page);

  await file.fill((await file.inputValue()).replace('review: one', 'review: 1'));
  await page.getByRole('button', { name: 'Save and see the preview' }).click();
  await expect(page.getByRole('main')).toContainText('Nobody can use it before it is published');
  await noTrouble(page);
  await page.getByRole('link', { name: 'Go through the questions' }).click();
  await page.getByLabel('No', { exact: true }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/\/templates\/drafts\/.*\/screening/);

  await page.goto('/templates');
  await page.locator('#drafts').getByRole('link', { name: /version 1\.1\.0/ }).click();
  await page.getByText('Throw the draft away').first().click();
  await page.getByRole('button', { name: 'Throw the draft away' }).click();
  await expect(page.getByRole('alert')).toContainText('Say that you mean it');
  await page.getByLabel('Yes, throw away what is written in this draft').check();
  await page.getByRole('button', { name: 'Throw the draft away' }).click();
  await expect(page.getByRole('alert')).toContainText('thrown away');
});
