// Every list page offers its rows as JSON and CSV, and a page's address with .json leads to the same list in the API.
import { test, expect } from '../support/test.js';
import { lists } from '../support/places.js';
import { rows } from '../support/csv.js';

for (const [address, noun] of lists) {
  test(`${address} offers what it shows as JSON and CSV`, async ({ page, request, api }) => {
    const { total } = await api(`${noun}?limit=1`);
    await page.goto(address);
    const main = page.getByRole('main');
    const json = await request.get(await main.getByRole('link', { name: /JSON/ }).first().getAttribute('href'));
    expect(json.status()).toBe(200);
    expect(json.headers()['content-type']).toMatch(/^application\/json/);
    const list = await json.json();
    expect(list.total).toBe(total);
    // Every list of the illustrative register fits into one answer.
    expect(list.items.length).toBe(total);

    const csv = await request.get(await main.getByRole('link', { name: /CSV/ }).first().getAttribute('href'));
    expect(csv.status()).toBe(200);
    expect(rows(await csv.text()).length).toBe(total);
  });

  test(`${address}.json leads to the list in the API`, async ({ request }) => {
    const answer = await request.get(`${address}.json`);
    expect(answer.status()).toBe(200);
    expect(new URL(answer.url()).pathname).toBe(`/api/v1/${noun}`);
  });
}

test('a filter that a page does not know is said, and left out of what can be taken away', async ({ page, request }) => {
  await page.goto('/contracts?organisation=camden&kind=council');
  const main = page.getByRole('main');
  await expect(main.getByText('no such filter: ‘kind’')).toBeVisible();
  const csv = await main.getByRole('link', { name: /CSV/ }).first().getAttribute('href');
  expect(csv).toBe('/api/v1/contracts.csv?organisation=camden');
  expect((await request.get(csv)).status()).toBe(200);
});

test('an unchanged list is not sent twice', async ({ request }) => {
  // Another test may publish something between the two: then it is asked again.
  await expect(async () => {
    const first = await request.get('/api/v1/contracts?limit=5');
    const tag = first.headers().etag;
    expect(tag).toBeTruthy();
    const second = await request.get('/api/v1/contracts?limit=5', { headers: { 'If-None-Match': tag } });
    expect(second.status()).toBe(304);
    expect(await second.body()).toHaveLength(0);
  }).toPass({ timeout: 10_000 });
});
