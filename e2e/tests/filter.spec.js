// Filter, sort, page and take away: what is on the screen, in the file and in the API must be the same rows.
import { test, expect } from '../support/test.js';
import { rows } from '../support/csv.js';

const ids = (page) => page.getByRole('main').locator('a[href^="/contracts/"]')
  .evaluateAll((links) => [...new Set(links.map((link) => new URL(link.href).pathname.match(/^\/contracts\/([0-9a-f-]{36})$/)?.[1]).filter(Boolean))]);

/** A facet's box by its beginning; a long facet is opened first where the box is further down. */
async function box(page, facet, name) {
  const group = page.getByRole('group', { name: facet });
  const found = group.getByRole('checkbox', { name });
  if (!(await found.count())) await group.getByRole('link', { name: /^Show all/ }).click();
  return found;
}

const found = (page, count) => expect(page.locator('.ct-count')).toContainText(new RegExp(`^\\s*${count.toLocaleString('en-GB')} contracts?\\b`));

test('a list starts without filters', async ({ page, api }) => {
  const { total } = await api('contracts?limit=1');
  await page.goto('/contracts');
  await expect(page.getByRole('link', { name: /^Remove filter/ })).toHaveCount(0);
  await found(page, total);
});

test('housing contracts ending in the next 12 months: filter, then remove one filter', async ({ page }) => {
  await page.goto('/contracts');
  await (await box(page, 'Service area', /^Housing\b/)).check();
  await (await box(page, 'Last possible end', /^In the next 12 months/)).check();
  await page.getByRole('button', { name: 'Apply filters' }).click();

  await expect(page).toHaveURL(/service_area=housing/);
  const chosen = page.getByRole('link', { name: /^Remove filter/ });
  await expect(chosen).toHaveCount(2);
  await expect(await box(page, 'Service area', /^Housing\b/)).toBeChecked();
  const both = await ids(page);
  expect(both.length).toBeGreaterThan(0);

  await page.getByRole('link', { name: /^Remove filter.*Housing/ }).click();
  await expect(chosen).toHaveCount(1);
  await expect(page).not.toHaveURL(/service_area/);
  await expect(await box(page, 'Service area', /^Housing\b/)).not.toBeChecked();
});

test('a facet’s count is the number of contracts its filter finds', async ({ page, api }) => {
  const { facets } = await api('contracts?limit=1&facet=service_area');
  const { value, label, count } = facets.service_area[0];
  await page.goto('/contracts');
  await (await box(page, 'Service area', new RegExp(`^${label}\\b`))).check();
  await page.getByRole('button', { name: 'Apply filters' }).click();
  await found(page, count);
  expect((await api(`contracts?limit=1&service_area=${value}`)).total).toBe(count);
});

test('words narrow the list and stay in their box', async ({ page, api }) => {
  await page.goto('/contracts');
  await page.getByLabel('Words').fill('housing');
  await page.getByRole('button', { name: 'Apply filters' }).click();
  await expect(page.getByLabel('Words')).toHaveValue('housing');
  const { total } = await api('contracts?limit=1&q=housing');
  await found(page, total);
});

test('sorting acts on the whole list and keeps the filters', async ({ page, api }) => {
  await page.goto('/contracts?service_area=housing&sort=-value');
  const { items } = await api('contracts?service_area=housing&sort=-value&limit=10');
  expect((await ids(page)).slice(0, 10)).toEqual(items.map(({ id }) => id));
  await page.goto('/contracts?service_area=housing');
  await page.getByLabel('Sort by').selectOption('-value');
  await page.getByRole('button', { name: 'Sort', exact: true }).click();
  await expect(page).toHaveURL(/service_area=housing/);
  await expect(page).toHaveURL(/sort=-value/);
  expect((await ids(page)).slice(0, 10)).toEqual(items.map(({ id }) => id));
  await expect(page.getByRole('link', { name: /^Remove filter/ })).toHaveCount(1);
});

test('page 2 follows page 1, says so in its title, and repeats nothing', async ({ page }) => {
  await page.goto('/contracts');
  const one = await ids(page);
  await page.getByRole('navigation', { name: 'Pages of this list' }).getByRole('link', { name: /next/i }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page).toHaveTitle(/page 2/);
  const two = await ids(page);
  expect(two.length).toBeGreaterThan(0);
  expect(two.filter((id) => one.includes(id))).toEqual([]);
});

test('a page that is not there leads to page 1, and one page has no pagination', async ({ page, api }) => {
  await page.goto('/contracts?page=9999');
  await expect(page).not.toHaveURL(/page=9999/);
  await expect(page.getByText('There is no such page of this list. This is its first page.')).toBeVisible();
  const { items } = await api('contracts?limit=1');
  await page.goto(`/contracts?q=${encodeURIComponent(items[0].reference ?? items[0].title)}`);
  await expect(page.getByRole('navigation', { name: 'Pages of this list' })).toHaveCount(0);
});

test('the CSV of a filtered list holds the rows the API gives, no more and no fewer', async ({ page, api, request }) => {
  await page.goto('/contracts?service_area=housing&ends=24');
  const link = page.getByRole('main').getByRole('link', { name: /CSV/ });
  const address = await link.getAttribute('href');
  const file = await request.get(address);
  expect(file.status()).toBe(200);
  expect(file.headers()['content-type']).toMatch(/^text\/csv/);
  expect(file.headers()['content-disposition']).toMatch(/attachment/);
  const inFile = rows(await file.text());

  const json = new URL(await page.getByRole('main').getByRole('link', { name: /JSON/ }).getAttribute('href'), page.url());
  json.searchParams.set('limit', '1000');
  const list = await (await request.get(json.href)).json();
  expect(list.next ?? null).toBeNull();
  expect(list.items.length).toBe(list.total);
  expect(list.total).toBeGreaterThan(0);
  expect(inFile.map(({ id }) => id)).toEqual(list.items.map(({ id }) => id));
  expect(inFile.map(({ title }) => title)).toEqual(list.items.map(({ title }) => title));
});

test('walking the API’s cursor meets every contract once', async ({ api }) => {
  const met = [];
  let cursor = '', total;
  do {
    const list = await api(`contracts?limit=200&sort=ends${cursor}`);
    total ??= list.total;
    met.push(...list.items.map(({ id }) => id));
    cursor = list.next && `&cursor=${list.next}`;
  } while (cursor && met.length <= total);
  expect(met.length).toBe(total);
  expect(new Set(met).size).toBe(total);
});
