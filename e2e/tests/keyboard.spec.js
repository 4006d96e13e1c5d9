// Everything by keyboard: the skip link, a focus that can be seen and is not hidden, an order that makes sense.
import { test, expect } from '../support/test.js';

test('the first Tab offers to skip to the content, and Enter does', async ({ page }) => {
  for (const address of ['/', '/contracts', '/organisations/camden']) {
    await page.goto(address);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to main content' });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#main-content$/);
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => document.getElementById('main-content').contains(document.activeElement));
    expect(inside, `${address}: the next Tab stop lies in the content`).toBe(true);
  }
});

test('each of the first forty stops shows its focus and is not covered', async ({ page }) => {
  for (const address of ['/', '/contracts?service_area=housing', '/matrix']) {
    await page.goto(address);
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const style = getComputedStyle(element);
        const label = element.labels?.[0] && getComputedStyle(element.labels[0], '::before');
        const summary = element.closest('summary') && getComputedStyle(element.closest('summary'));
        const marked = [style, label, summary].some((one) => one && ((one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== 'none'));
        const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
        const inWindow = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
        return { element: element.outerHTML.slice(0, 160), marked, inWindow, sized: width > 0 && height > 0 };
      });
      if (!seen) break;
      expect.soft(seen, `${address}, stop ${stop + 1}`).toMatchObject({ marked: true, inWindow: true, sized: true });
    }
  }
});

test('filters can be chosen and sent without a mouse', async ({ page }) => {
  await page.goto('/contracts');
  const past = page.getByRole('group', { name: 'Last possible end' }).getByRole('checkbox', { name: /^Past its end/ });
  await past.focus();
  await page.keyboard.press('Space');
  await expect(past).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/ends=past-end/);
});
