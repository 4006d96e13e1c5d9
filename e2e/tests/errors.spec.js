// What a person meets who asks for something that is not there, or not understood.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';

for (const [name, address, status] of [
  ['an address that never was', '/no-such-page', 404],
  ['a contract that is not there', '/contracts/00000000-0000-7000-8000-000000000000', 404],
  ['an id that is no id', '/contracts/not-an-id', 404],
  ['a council that is not there', '/organisations/atlantis', 404],
]) {
  test(`${name} gives a page that says so, with a way on`, async ({ page, watch }) => {
    watch.expected.add(status);
    const answer = await page.goto(address);
    expect(answer.status()).toBe(status);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Page not found');
    await expect(page).toHaveTitle(/^Page not found/);
    await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
}

for (const [name, address, wanted] of [
  ['a date that is no date', '/contracts?ends_from=yesterday', /must be a day such as/],
  ['a sum that is no sum', '/contracts?value_from=lots', /must be whole pounds/],
  ['an order there is not', '/contracts?sort=colour', /must be one of/],
]) {
  test(`${name} in an address gives a page that says what would be right`, async ({ page, watch }) => {
    watch.expected.add(400);
    const answer = await page.goto(address);
    expect(answer.status()).toBe(400);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('There is a problem');
    await expect(page.getByRole('main')).toContainText(wanted);
    await expect(page.getByRole('main').getByRole('link', { name: 'All contracts' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
}

test('a filter value nobody knows finds nothing and can be removed', async ({ page }) => {
  await page.goto('/contracts?supplier=nobody');
  await expect(page.getByRole('link', { name: /^Remove filter/ })).toHaveCount(1);
  await expect(page.getByRole('main')).toContainText('No contracts match');
  expect(await violations(page)).toEqual([]);
});

test('the API says what is wrong as a problem whose type has a page', async ({ request, page }) => {
  const answer = await request.get('/api/v1/contracts?ends_from=yesterday');
  expect(answer.status()).toBe(400);
  expect(answer.headers()['content-type']).toMatch(/^application\/problem\+json/);
  const problem = await answer.json();
  expect(problem.status).toBe(400);
  const { pathname } = new URL(problem.type, 'http://citytools');
  expect(pathname).toMatch(/^\/problems\/[a-z-]+$/);
  expect((await page.goto(pathname)).status()).toBe(200);
});

test('a body with an unknown method is refused, not a fault', async ({ request }) => {
  for (const method of ['DELETE', 'PUT', 'PATCH']) {
    const answer = await request.fetch('/api/v1/contracts', { method });
    expect(answer.status(), method).toBeGreaterThanOrEqual(400);
    expect(answer.status(), method).toBeLessThan(500);
  }
});
