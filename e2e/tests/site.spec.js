// What holds between pages: titles that tell them apart, links that lead somewhere, headers that protect.
import { test, expect } from '../support/test.js';
import { places, addressOf } from '../support/places.js';

test('no two kinds of page share a title', async ({ request, api }) => {
  const titles = new Map();
  // 'contracts, filtered' is the same page as 'contracts'.
  for (const [name, place] of places.filter(([name]) => !name.includes(', '))) {
    const text = await (await request.get(await addressOf(place, api))).text();
    const title = /<title[^>]*>([^<]*)<\/title>/.exec(text)?.[1].trim();
    expect(title, name).toBeTruthy();
    expect(titles.get(title), `${name} has a title of its own, not “${title}”`).toBeUndefined();
    titles.set(title, name);
  }
});

test('every link on every kind of page leads to a page', async ({ page, request, api, baseURL }) => {
  test.setTimeout(180_000);
  const asked = new Map();
  for (const [name, place] of places) {
    await page.goto(await addressOf(place, api));
    const links = await page.locator('a[href]').evaluateAll((found) => found.map((link) => link.href));
    // One of each shape is enough: a thousand contracts need not be opened.
    const shapes = new Map();
    for (const link of links) {
      const { origin, pathname, searchParams } = new URL(link);
      if (origin !== new URL(baseURL).origin) continue;
      const shape = `${pathname.replace(/[0-9a-f-]{36}/g, 'ID')}?${[...new Set(searchParams.keys())].sort()}`;
      if (!shapes.has(shape)) shapes.set(shape, link.replace(/#.*$/, ''));
    }
    for (const [shape, link] of shapes) {
      if (asked.has(shape)) continue;
      asked.set(shape, link);
      const answer = await request.get(link);
      expect.soft(answer.status(), `${link}, linked from ${name}`).toBe(200);
    }
  }
  expect(asked.size).toBeGreaterThan(40);
});

test('every page link within a page has its target', async ({ page, api }) => {
  test.setTimeout(120_000);
  for (const [name, place] of places) {
    await page.goto(await addressOf(place, api));
    const missing = await page.locator('a[href^="#"]').evaluateAll((links) => links.map((link) => link.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id)));
    expect.soft(missing, name).toEqual([]);
  }
});

test('pages say which content they allow and tell browsers to believe it', async ({ request }) => {
  const headers = (await request.get('/contracts')).headers();
  const policy = headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe-inline');
  expect(policy).not.toContain('unsafe-eval');
  expect(policy).toContain('frame-ancestors');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBeTruthy();
  expect(headers['content-type']).toMatch(/^text\/html; ?charset=utf-8$/i);
});

test('illustrative data is labelled on every page that shows it', async ({ page, api }) => {
  for (const [name, place] of places.slice(0, 19)) {
    await page.goto(await addressOf(place, api));
    await expect(page.getByText('Illustrative data').first(), name).toBeVisible();
  }
});
