// What holds for every page that people see once they are signed in, in every way of looking at it. The public pages stand in
// pages.spec.js; pages that a journey makes (an assessment, a preview) are checked on the way by that journey.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { signInAs } from '../support/people.js';

const contract = async (api) => `/contracts/${(await api('contracts?organisation=camden&term=fixed&status=current&sort=-ends&limit=1')).items[0].id}`;
const system = async (api) => `/systems/${(await api('systems?organisation=camden&limit=1')).items[0].id}`;

/** Who they are, and what they open: an address, or what gives one. */
const rounds = {
  'Dev Pritchard': [
    '/work', '/work/unsent', '/work/calendar', '/account', '/account/mail', '/account/tokens', '/account/second-factor', '/account/acting-for',
    '/organisations/camden/register', '/organisations/camden/reconcile', '/organisations/camden/propose', '/organisations/camden/import',
    ...['', '/history', '/extend', '/end-early', '/replace'].map((end) => async (api) => `${await contract(api)}${end}`),
    ...['about', 'suppliers', 'covers', 'dates', 'options', 'value', 'buying', 'care'].map((group) => async (api) => `${await contract(api)}/change/${group}`),
    ...['', '/change', '/history'].map((end) => async (api) => `${await system(api)}${end}`),
    '/projects', '/assessments', '/risks',
  ],
  'Leila Hartnoll': ['/sources', '/sources/new'],
  'Owen Castlereagh': ['/organisations/camden/people', '/organisations/camden/people/invite', '/organisations/camden/sign-in', '/account/provisioning'],
  'Imogen Farrow': [
    '/network', '/network/add', '/network/camden', '/curate', '/organisations/camden/history',
    ...['suppliers', 'products'].map((noun) => async (api) => `/${noun}/${(await api(`${noun}?limit=1`)).items[0].id}/history`),
  ],
  'Priya Nair': ['/projects/new', '/assessments/import', '/assessments/import/elsewhere', '/assessments/import/cnil', '/assessments/import/citytools'],
};

for (const [name, addresses] of Object.entries(rounds)) {
  test(`${name} signs in: axe finds nothing, nothing runs off the side, each page has a title and a heading of its own`, async ({ page, api }) => {
    test.setTimeout(180_000);
    await signInAs(page, name, '/work');
    const titles = new Map();
    for (const place of addresses) {
      const address = typeof place === 'string' ? place : await place(api);
      await test.step(address, async () => {
        expect((await page.goto(address)).status(), address).toBe(200);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        const title = await page.title();
        expect(titles.get(title), `${address}: ‘${title}’ is the title of another page`).toBeUndefined();
        titles.set(title, address);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(sideways, `${address} is no wider than the window`).toBe(0);
        expect.soft(await page.locator('a[href=""], a[href="#"], a:not([href])').count(), `${address}: every link leads somewhere`).toBe(0);
        expect.soft(await violations(page), address).toEqual([]);
      });
    }
  });
}
