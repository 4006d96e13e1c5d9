// What holds for every page there is, in every way of looking at it.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { places, addressOf } from '../support/places.js';

for (const [name, place] of places) {
  test(`${name}: axe finds nothing, nothing runs off the side, no policy is broken`, async ({ page, api }) => {
    const address = await addressOf(place, api);
    const answer = await page.goto(address);
    expect(answer.status(), address).toBe(200);

    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByRole('main')).toHaveCount(1);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en-GB');
    expect(await page.title()).toMatch(/\S.* – City Tools$|^City Tools/);

    const width = await page.evaluate(() => ({ page: document.documentElement.scrollWidth, window: document.documentElement.clientWidth }));
    expect.soft(width.page, 'the page is no wider than the window').toBeLessThanOrEqual(width.window);

    // The policy forbids both; the browser would drop them in silence where it is not asked to report.
    await expect.soft(page.locator('[style]:not(svg *)')).toHaveCount(0);
    await expect.soft(page.locator('[onclick], [onload], [onsubmit], [onchange]')).toHaveCount(0);

    const empty = await page.locator('a[href=""], a[href="#"], a:not([href])').count();
    expect.soft(empty, 'every link leads somewhere').toBe(0);

    expect(await violations(page)).toEqual([]);
  });
}
