// What each page tells: products, suppliers, organisations, the matrix, the timeline, functions.
import { test, expect } from '../support/test.js';

const mostUsed = async (api, noun, facet) => (await api(`contracts?limit=1&facet=${facet}`)).facets[facet][0];

test('a product page says who uses it, how happy they are and until when', async ({ page, api }) => {
  const product = await mostUsed(api, 'products', 'product');
  await page.goto(`/products/${product.value}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(product.label);
  const users = page.getByRole('table').filter({ hasText: 'Organisation' }).first();
  await expect(users).toBeVisible();
  await expect(users.getByRole('row').nth(1).getByRole('link').first()).toBeVisible();
  await expect(page.getByRole('main')).toContainText(/satisfaction/i);
  await expect(page.getByRole('main')).toContainText(/last possible end|until when/i);
});

test('a supplier page shows its names, its contracts and its organisations', async ({ page, api }) => {
  const supplier = await mostUsed(api, 'suppliers', 'supplier');
  await page.goto(`/suppliers/${supplier.value}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(supplier.label);
  await expect(page.getByRole('main')).toContainText(/names?/i);
  await expect(page.locator('main a[href^="/organisations/"]').first()).toBeVisible();
  await page.locator('main a[href^="/contracts/"]').first().click();
  await expect(page.getByRole('main')).toContainText(supplier.label);
});

test('an organisation page shows its score and the five fixes that would raise it most', async ({ page }) => {
  await page.goto('/organisations/camden');
  await expect(page.getByRole('main')).toContainText(/out of 100/);
  const fixes = page.getByRole('heading', { name: /fix|raise/i });
  await expect(fixes.first()).toBeVisible();
  const section = page.locator('section, div').filter({ has: fixes }).last();
  await expect(section.getByRole('listitem').or(section.getByRole('row').filter({ has: page.getByRole('cell') }))).toHaveCount(5);
});

test('an organisation without a record says so, and does not show a score', async ({ page }) => {
  await page.goto('/organisations/enfield');
  await expect(page.getByRole('main')).toContainText(/no record|nothing|no systems|no contracts/i);
});

test('the matrix is a table of functions by organisations', async ({ page }) => {
  await page.goto('/matrix');
  const table = page.getByRole('table').first();
  await expect(table).toBeVisible();
  expect(await table.getByRole('columnheader').count()).toBeGreaterThan(10);
  expect(await table.getByRole('rowheader').count()).toBeGreaterThan(3);
  await expect(table.getByRole('columnheader', { name: /Camden/ }).first()).toBeAttached();
});

test('the timeline shows quarters as a chart and as a table that agree', async ({ page }) => {
  await page.goto('/timeline');
  const table = page.getByRole('table').first();
  await expect(table).toBeVisible();
  const quarters = table.getByRole('row').filter({ hasText: /20\d\d/ });
  expect(await quarters.count()).toBeGreaterThanOrEqual(16);
  await expect(page.locator('main svg').first()).toBeVisible();
});

test('functions are grouped by service area and lead to who uses what', async ({ page }) => {
  await page.goto('/functions');
  await expect(page.getByRole('main')).toContainText('Adult social care');
  await page.getByRole('main').getByRole('link', { name: 'Council tax', exact: true }).click();
  await expect(page).toHaveURL(/\/functions\/council-tax$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Council tax');
  await expect(page.locator('main a[href^="/organisations/"], main a[href^="/products/"]').first()).toBeVisible();
});

test('a contract page tells the term, the exits, the source and the history', async ({ page, api }) => {
  const { items } = await api('contracts?limit=1&status=current&sort=ends').catch(() => api('contracts?limit=1&sort=ends'));
  await page.goto(`/contracts/${items[0].id}`);
  const main = page.getByRole('main');
  await expect(main).toContainText(/last possible end/i);
  await expect(main).toContainText(/source/i);
  await expect(main).toContainText(/history/i);
  await expect(main.locator('time, data').first()).toBeVisible();
});

test('a missing fact is said in words, never by a dash', async ({ page }) => {
  for (const address of ['/contracts', '/systems', '/products', '/suppliers']) {
    await page.goto(address);
    const dashes = await page.getByRole('cell').evaluateAll((cells) => cells.filter((cell) => /^[-–—]?$/.test(cell.innerText.trim())).length);
    expect.soft(dashes, `${address}: cells empty or with a dash`).toBe(0);
  }
});
