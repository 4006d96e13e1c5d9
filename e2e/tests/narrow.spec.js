// A phone: filters fold away, tables become cards, and everything can still be reached.
import { test, expect } from '../support/test.js';

test('filters are folded, open on a tap, and filter', async ({ page }) => {
  await page.goto('/contracts');
  const past = page.getByRole('group', { name: 'Last possible end', includeHidden: true }).getByRole('checkbox', { name: /^Past its end/, includeHidden: true });
  await expect(past).toBeHidden();
  await page.locator('summary', { hasText: 'Filters' }).click();
  await expect(past).toBeVisible();
  await past.check();
  await page.getByRole('button', { name: 'Apply filters' }).first().click();
  await expect(page).toHaveURL(/ends=past-end/);
  await expect(page.locator('summary', { hasText: 'Filters (1 chosen)' })).toBeVisible();
});

test('the menu can be reached', async ({ page }) => {
  await page.goto('/');
  const link = page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Suppliers' });
  if (!(await link.isVisible())) await page.getByRole('button', { name: 'Menu' }).click();
  await link.click();
  await expect(page).toHaveURL(/\/suppliers$/);
});

test('a table’s cells carry their headings when they become cards', async ({ page }) => {
  await page.goto('/contracts');
  const cells = page.getByRole('table').first().getByRole('cell');
  expect(await cells.count()).toBeGreaterThan(0);
  const bare = await cells.evaluateAll((found) => found.filter((cell) => cell.closest('tbody') && !cell.dataset.label).length);
  expect(bare).toBe(0);
});

test('targets are large enough for a finger', async ({ page }) => {
  for (const address of ['/', '/contracts', '/organisations']) {
    await page.goto(address);
    const small = await page.locator('main button:visible, main input[type=checkbox]:visible, main summary:visible, ol.ct-tiles a:visible')
      .evaluateAll((found) => found.map((one) => ({ ...one.getBoundingClientRect().toJSON(), html: one.outerHTML.slice(0, 120) })).filter(({ width, height }) => width < 24 || height < 24).map(({ html, width, height }) => `${html} ${width}×${height}`));
    expect.soft(small, address).toEqual([]);
  }
});

test('a name without a space wraps wherever it stands', async ({ page }) => {
  for (const [address, names] of [
    ['/search?q=housing', '.ct-areas a, table th a, table .ct-sub'],
    ['/organisations/camden', '.ct-title h1, table th a, table .ct-sub'],
    ['/', '.ct-areas a, .ct-log a'],
    ['/contracts', 'table th a, table .ct-sub, .ct-check span:first-of-type'],
  ]) {
    await page.goto(address);
    const wider = await page.locator(names).evaluateAll((found) => {
      found.forEach((one) => { one.textContent = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'; });
      return document.documentElement.scrollWidth - document.documentElement.clientWidth;
    });
    expect.soft(wider, address).toBe(0);
  }
});
