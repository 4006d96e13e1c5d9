// From the first page to one contract, as someone who has never been here.
import { test, expect } from '../support/test.js';

test('home → search → a product → a contract', async ({ page, api }) => {
  const { items } = await api('products?limit=1');
  await page.goto('/');
  await page.getByRole('searchbox').fill(items[0].name);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/\/search\?q=/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(items[0].name);

  await page.getByRole('main').getByRole('link', { name: items[0].name, exact: true }).first().click();
  await expect(page).toHaveURL(new RegExp(`/products/${items[0].id}$`));
  await expect(page.getByRole('heading', { level: 1 })).toContainText(items[0].name);
});

test('home → search for a council → what it runs', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('searchbox').fill('camden');
  await page.getByRole('searchbox').press('Enter');
  await page.getByRole('main').getByRole('link', { name: 'Camden', exact: true }).first().click();
  await expect(page).toHaveURL(/\/organisations\/camden$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Camden');
});

test('search finds a contract by words of its title', async ({ page, api }) => {
  const { items } = await api('contracts?limit=1&sort=title');
  await page.goto(`/search?q=${encodeURIComponent(items[0].title)}`);
  const link = page.locator(`main a[href="/contracts/${items[0].id}"]`).first();
  await expect(link).toBeVisible();
  await link.click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(items[0].title);
  await expect(page.getByRole('main')).toContainText(items[0].organisations[0].name);
});

test('a search for nothing known says so and offers a way on', async ({ page }) => {
  await page.goto('/search?q=zzzzqqqq');
  await expect(page.getByRole('main')).toContainText('zzzzqqqq');
  await expect(page.getByRole('main')).toContainText(/no |nothing|not found|0 /i);
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
});

test('the figures on the first page lead to the lists they count', async ({ page, api }) => {
  // Another test may add a contract between the two looks: then it looks again.
  await expect(async () => {
    const { total } = await api('contracts?limit=1');
    await page.goto('/');
    const figure = page.locator('.ct-figure', { has: page.locator('a[href="/contracts"]') }).locator('dd');
    await expect(figure).toHaveText(total.toLocaleString('en-GB'), { timeout: 1000 });
    const quick = page.getByRole('link', { name: /contracts? ends? within 12 months/ });
    const said = Number((await quick.textContent()).match(/[\d,]+/)[0].replaceAll(',', ''));
    await quick.click();
    await expect(page).toHaveURL(/\/contracts\?/);
    const counted = new RegExp(`^\\s*${said.toLocaleString('en-GB')} contracts?\\b`);
    await expect(page.locator('.ct-count')).toContainText(counted, { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
});

test('the map names every authority and leads to each', async ({ page }) => {
  await page.goto('/');
  const tiles = page.locator('ol.ct-tiles a');
  await expect(tiles).toHaveCount(33);
  await tiles.filter({ hasText: 'Hackney' }).click();
  await expect(page).toHaveURL(/\/organisations\/hackney$/);
});
