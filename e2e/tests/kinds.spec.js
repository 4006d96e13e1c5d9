// Every kind of page of data projects, assessments, risks and templates that links lead to, as those see it who do different
// things there: axe finds nothing, nothing runs off the side, and no link leads to a page that its reader may not see.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { kinds } from '../support/kinds.js';
import { signInAs } from '../support/people.js';

/** Who leads, who advises and writes templates, who keeps what was made elsewhere, who only reads. */
const people = ['Priya Nair', 'Helen Marsh', 'Dele Okafor', 'Dev Pritchard'];

/** Pages that must be among them, so that a page which lost the links to it is missed. */
const expected = [
  '/assessments/ID', '/assessments/ID/PART/QUESTION', '/assessments/ID/PART/QUESTION/history', '/assessments/ID/advice', '/assessments/ID/attachments',
  '/assessments/ID/change', '/assessments/ID/compare', '/assessments/ID/files', '/assessments/ID/fill', '/assessments/ID/measures/ID',
  '/assessments/ID/measures/ID/history', '/assessments/ID/measures/new', '/assessments/ID/modules', '/assessments/ID/move/freeze',
  '/assessments/ID/parties', '/assessments/ID/publish', '/assessments/ID/recorded', '/assessments/ID/review', '/assessments/ID/risks',
  '/assessments/ID/risks/ID', '/assessments/ID/risks/ID/history', '/assessments/ID/sign-off', '/assessments/ID/tasks', '/assessments/ID/tasks/ID',
  '/assessments/ID/template', '/assessments/ID/versions', '/projects/ID', '/projects/ID/change', '/projects/ID/history', '/projects/ID/parties',
  '/projects/ID/register', '/projects/ID/screening', '/projects/ID/screening/QUESTION', '/templates/TEMPLATE', '/templates/TEMPLATE/assessments',
  '/templates/write',
];

test('every kind of page of a DPIA that links lead to is sound, for whoever they lead there', async ({ browser, baseURL }, info) => {
  test.setTimeout(400_000);
  const seen = new Set();
  const { viewport, hasTouch } = info.project.use;
  for (const name of people) {
    const context = await browser.newContext({ baseURL, viewport, hasTouch, locale: 'en-GB', timezoneId: 'Europe/London' });
    const page = await context.newPage();
    await signInAs(page, name, '/work');
    for (const [kind, address] of await kinds(context.request, baseURL)) {
      if (seen.has(kind)) continue;
      seen.add(kind);
      await test.step(`${kind}, ${name}`, async () => {
        expect((await page.goto(address)).status(), address).toBe(200);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(sideways, `${address} is no wider than the window`).toBe(0);
        expect.soft(await violations(page), address).toEqual([]);
      });
    }
    await context.close();
  }
  expect([...expected].filter((kind) => !seen.has(kind)), 'pages to which no link leads').toEqual([]);
});
