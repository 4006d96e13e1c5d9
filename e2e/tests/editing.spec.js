// A borough keeps its own register: what its contract manager corrects is public at once, and nobody else can correct it.
// With script and without.
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { signInAs } from '../support/people.js';

const noTrouble = async (page) => {
  expect(await violations(page)).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, 'nothing scrolls sideways').toBe(0);
};

/** Journeys run in several projects at once over one server: each has a contract of its own. */
const place = (info) => ({ wide: 0, 'no script': 1 })[info.project.name] ?? 2;
const fixed = async (api, organisation, info) => {
  const { items } = await api(`contracts?organisation=${organisation}&term=fixed&status=current&sort=ends&limit=20`);
  return items[3 + place(info)];
};

const fillDate = async (page, group, [day, month, year]) => {
  const date = page.getByRole('group', { name: group });
  await date.getByLabel('Day').fill(day);
  await date.getByLabel('Month').fill(month);
  await date.getByLabel('Year').fill(year);
};

test('a contract manager corrects an end date and sees it in the public page, the API and the history', async ({ page, api }, info) => {
  const contract = await fixed(api, 'camden', info);
  await signInAs(page, 'Dev Pritchard', `/contracts/${contract.id}`);
  await page.getByRole('link', { name: 'how it runs and ends' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How it runs and ends');
  await noTrouble(page);
  await fillDate(page, 'End date', ['31', '2', '2031']);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toContainText('The end date must be a real date, like 27 3 2027');
  await expect(page.getByRole('group', { name: 'End date' }).getByLabel('Year')).toHaveValue('2031');
  await noTrouble(page);
  await fillDate(page, 'End date', ['30', '6', '2031']);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(new RegExp(`/contracts/${contract.id}$`));
  await expect(page.getByRole('alert')).toContainText('Saved');
  await expect(page.getByRole('main')).toContainText('30 June 2031');
  await page.reload();
  await expect(page.getByText('Saved. The public register')).toHaveCount(0);
  await noTrouble(page);
  expect((await api(`contracts/${contract.id}`)).end).toBe('2031-06-30');
  await page.getByRole('link', { name: 'Compare any two points of it' }).click();
  await expect(page.getByRole('main')).toContainText('Dev Pritchard');
  await expect(page.getByRole('main')).toContainText('30 June 2031');
  await noTrouble(page);
  await page.getByRole('button', { name: /^Undo/ }).first().click();
  await expect(page.getByRole('alert')).toContainText('The change is undone');
  expect((await api(`contracts/${contract.id}`)).end).toBe(contract.end);
});

test('another borough’s contract is refused by every way', async ({ page, api, watch }, info) => {
  watch.expected.add(404);
  const contract = await fixed(api, 'hackney', info);
  await signInAs(page, 'Dev Pritchard', `/contracts/${contract.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(contract.title);
  await expect(page.getByRole('link', { name: 'how it runs and ends' })).toHaveCount(0);
  for (const path of ['change/dates', 'change/about', 'extend', 'end-early', 'replace']) {
    expect((await page.goto(`/contracts/${contract.id}/${path}`)).status(), path).toBe(404);
  }
  for (const path of ['register', 'import', 'reconcile', 'propose']) {
    expect((await page.goto(`/organisations/hackney/${path}`)).status(), path).toBe(404);
  }
  for (const path of ['change/dates', 'extend', 'end-early', 'still-right', 'history']) {
    const answer = await page.request.post(`/contracts/${contract.id}/${path}`, {
      form: { command: crypto.randomUUID(), version: '1', kind: 'rolling', sequence: '1', option: '0', months: '12', 'terminated-day': '1', 'terminated-month': '1', 'terminated-year': '2026' },
      headers: { origin: new URL(page.url()).origin },
    });
    expect(answer.status(), `POST ${path}`).toBe(404);
  }
  const after = await api(`contracts/${contract.id}`);
  expect([after.end, after.term, after.updated_at]).toEqual([contract.end, contract.term, contract.updated_at]);
});

test('one borough’s corrected end date is seen everywhere at once, and another borough’s contract is refused by every route', async ({ page, api, request, browser, watch }, info) => {
  test.slow();
  // A contract of ours whose next decision stands in the calendar, each project its own; and one of theirs, which stays as it is.
  const ours = (await api('contracts?organisation=camden&term=fixed&status=current&decision=6&sort=-ends&limit=20')).items[place(info)];
  const theirs = (await api('contracts?organisation=hackney&term=fixed&status=current&sort=-ends&limit=1')).items[0];
  const compact = (day) => day.replaceAll('-', '');
  await signInAs(page, 'Dev Pritchard', '/work/calendar');
  await page.getByRole('button', { name: 'Make a calendar address' }).click();
  const address = new URL(await page.getByLabel('The address of your new calendar').inputValue()).pathname;
  const days = async (contract) => {
    const events = (await (await request.get(address)).text()).replace(/\r\n /g, '').split('BEGIN:VEVENT');
    return events.filter((event) => event.includes(contract.id)).map((event) => /DTSTART;VALUE=DATE:(\d{8})/.exec(event)?.[1]);
  };
  expect(await days(ours)).toContain(compact(ours.decision_date));

  // Corrected in the browser: one month later.
  const end = new Date(`${ours.end}T00:00:00Z`);
  const later = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 2, 0));
  await page.goto(`/contracts/${ours.id}/change/dates`);
  await fillDate(page, 'End date', [String(later.getUTCDate()), String(later.getUTCMonth() + 1), String(later.getUTCFullYear())]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('Saved');
  const words = later.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  // The public page and its history, as anyone sees them; the API; the calendar.
  const anyone = await (await browser.newContext()).newPage();
  await anyone.goto(new URL(`/contracts/${ours.id}`, page.url()).href);
  await expect(anyone.getByRole('main')).toContainText(words);
  await anyone.goto(new URL(`/contracts/${ours.id}/history`, page.url()).href);
  await expect(anyone.getByRole('main')).toContainText(words);
  await expect(anyone.getByRole('main')).not.toContainText('Dev Pritchard');
  await anyone.context().close();
  const corrected = await api(`contracts/${ours.id}`);
  expect(corrected.end).toBe(later.toISOString().slice(0, 10));
  expect(corrected.decision_date).not.toBe(ours.decision_date);
  expect(await days(ours)).toContain(compact(corrected.decision_date));
  expect(await days(ours)).not.toContain(compact(ours.decision_date));
  await page.goto(`/contracts/${ours.id}/history`);
  await expect(page.getByRole('main')).toContainText('Dev Pritchard');
  await page.getByRole('button', { name: /^Undo/ }).first().click();
  await expect(page.getByRole('alert')).toContainText('The change is undone');
  expect(await days(ours)).toContain(compact(ours.decision_date));

  // By page, by form, by bulk.
  watch.expected.add(404);
  expect((await page.goto(`/contracts/${theirs.id}/change/dates`)).status()).toBe(404);
  const post = (path, form, headers = {}) => page.request.post(path, {
    form: { command: crypto.randomUUID(), ...form }, maxRedirects: 0, headers: { origin: new URL(page.url()).origin, ...headers },
  });
  const change = { version: '1', kind: 'rolling', 'end-day': '1', 'end-month': '1', 'end-year': '2027' };
  expect((await post(`/contracts/${theirs.id}/change/dates`, change)).status(), 'form').toBe(404);
  expect((await post('/organisations/hackney/still-right', { contract: theirs.id })).status(), 'their bulk form').toBe(404);
  expect((await post('/organisations/camden/still-right', { contract: theirs.id })).status(), 'our bulk form').toBe(404);
  // With a token.
  await page.goto('/account/tokens');
  await page.getByLabel('What it is for').fill(`Finish line ${place(info)}`);
  await page.getByLabel('How long it works').selectOption('7');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const authorization = `Bearer ${await page.locator('.ct-secret').textContent()}`;
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await request.fetch(`/api/v1/contracts/${theirs.id}`, { method, headers: { authorization }, data: { end: '2027-01-01' } });
    expect(answer.status(), `${method} with a token`).toBe(405);
  }
  const form = await request.post(`/contracts/${theirs.id}/change/dates`, { form: { command: crypto.randomUUID(), ...change }, maxRedirects: 0, headers: { authorization, origin: new URL(page.url()).origin } });
  expect([form.status(), form.headers().location], 'a token opens no form').toEqual([303, expect.stringMatching(/^\/sign-in\?/)]);
  // By a file.
  await page.goto('/organisations/camden/import');
  const rows = `Organisation,Reference,Title,Supplier,End date\nhackney,${theirs.reference ?? 'X'},${theirs.title.replaceAll(',', ' ')},${theirs.suppliers[0]?.name.replaceAll(',', ' ') ?? ''},01/01/2027\n`;
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'theirs.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
  await page.getByRole('button', { name: 'Look at what it would change' }).click();
  await expect(page.getByRole('main')).toContainText('1 rejected');
  const after = await api(`contracts/${theirs.id}`);
  expect([after.end, after.term, after.updated_at]).toEqual([theirs.end, theirs.term, theirs.updated_at]);
});

test('a new contract is asked for question by question, checked, and added', async ({ page, api }, info) => {
  const title = `Tree inspections ${place(info)}`;
  await signInAs(page, 'Leila Hartnoll', '/organisations/camden/register');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Add a contract' }).click();
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Continue' }).click();
  await noTrouble(page);
  await page.getByLabel('The supplier is known').check();
  await page.getByLabel('Suppliers').fill('Quillfern Trees Ltd');
  await page.getByRole('button', { name: 'Continue' }).click();
  await noTrouble(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('To a fixed end').check();
  await fillDate(page, 'End date', ['31', '3', '2029']);
  await page.getByRole('button', { name: 'Continue' }).click();
  await noTrouble(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await noTrouble(page);
  await page.getByRole('group', { name: 'Is the value known?' }).getByLabel('Not known').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await noTrouble(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check your answers');
  await expect(page.getByRole('main')).toContainText('31 March 2029');
  await noTrouble(page);
  await page.getByRole('link', { name: /^Change ?: How it runs and ends/ }).click();
  await fillDate(page, 'End date', ['30', '9', '2029']);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check your answers');
  await page.getByRole('button', { name: 'Add this contract' }).click();
  await expect(page.getByRole('alert')).toContainText('Added to the register');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  const { items } = await api(`contracts?organisation=camden&q=${encodeURIComponent(`"${title}"`)}`);
  expect(items.map((one) => one.end)).toEqual(['2029-09-30']);
});

test('a draft is discarded after a question, and a skill added by mistake is removed and brought back', async ({ page, watch }, info) => {
  watch.expected.add(404);
  const name = `Beekeeping ${place(info)}`;
  const begin = async () => {
    await page.goto('/organisations/camden/register');
    await page.getByRole('button', { name: 'Add a skill' }).click();
    await page.getByLabel('Skill', { exact: true }).fill(name);
    await page.getByLabel('Expert').check();
    await page.getByLabel('Yes').check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check your answers');
  };
  await signInAs(page, 'Leila Hartnoll', '/organisations/camden/register');
  await begin();
  await page.goto('/work?subject=register');
  await expect(page.getByRole('link', { name: `Finish the draft ‘${name}’` })).toBeVisible();
  await page.goto('/organisations/camden/register');
  await noTrouble(page);
  await page.getByRole('link', { name: `Discard the draft ${name}` }).click();
  await noTrouble(page);
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  await expect(page.getByRole('alert')).toContainText('The draft is discarded');
  await expect(page.getByRole('main')).not.toContainText(name);

  await begin();
  await page.getByRole('button', { name: 'Add this skill' }).click();
  await expect(page.getByRole('alert')).toContainText('Added to the register');
  const skill = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Undo the adding of this record' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Remove ${name}?`);
  await noTrouble(page);
  await page.getByRole('button', { name: 'Remove the record' }).click();
  await expect(page.getByRole('alert')).toContainText('The record is removed');
  await noTrouble(page);
  const history = page.url();
  expect((await page.goto(skill)).status()).toBe(404);
  await page.goto(history);
  await page.getByRole('button', { name: 'Bring back the record' }).click();
  await expect(page.getByRole('alert')).toContainText('The record is back');
  expect((await page.goto(skill)).status()).toBe(200);
});

test('a file is looked at, imported and taken back', async ({ page, api }, info) => {
  const name = `Lift repairs ${place(info)}`;
  await signInAs(page, 'Leila Hartnoll', '/organisations/camden/import');
  await noTrouble(page);
  await page.getByRole('button', { name: 'Look at what it would change' }).click();
  await expect(page.getByRole('alert')).toContainText('Choose a file');
  const rows = `Reference,Title,Supplier,End date\nL-${place(info)},${name},Quillfern Lifts Ltd,31/03/2030\n`;
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: `lifts-${place(info)}.csv`, mimeType: 'text/csv', buffer: Buffer.from(rows) });
  await page.getByRole('button', { name: 'Look at what it would change' }).click();
  await expect(page.getByRole('main')).toContainText('1 row read: 1 to add');
  await expect(page.getByRole('main')).toContainText(name);
  await noTrouble(page);
  // Two columns that say the same are told, with the choices kept.
  await page.getByLabel('What ‘Title’ says').selectOption('reference');
  await page.getByRole('button', { name: 'Look again with these columns' }).click();
  await expect(page.getByRole('alert')).toContainText('‘Title’ and ‘Reference’ both say ‘Reference’');
  await expect(page.getByLabel('What ‘Title’ says')).toHaveValue('reference');
  await noTrouble(page);
  await page.getByLabel('What ‘Title’ says').selectOption('title');
  await page.getByRole('button', { name: 'Look again with these columns' }).click();
  await expect(page.getByRole('main')).toContainText('1 row read: 1 to add');
  await page.getByRole('button', { name: 'Import it', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The file is imported: 1 row added, 0 changed, 0 unchanged, 0 rejected');
  const found = () => api(`contracts?organisation=camden&q=${encodeURIComponent(`"${name}"`)}`).then(({ total }) => total);
  expect(await found()).toBe(1);
  await page.getByRole('button', { name: `Undo the import of lifts-${place(info)}.csv` }).click();
  await expect(page.getByRole('alert')).toContainText('The import is undone');
  expect(await found()).toBe(0);
});

test('an editor says of a chosen contract, and then of all that were listed, that no notice is needed', async ({ page }, info) => {
  // Two journeys over one server: the whole list is said of where no other journey keeps the register.
  const wide = info.project.name === 'wide';
  const { editor, slug } = wide ? { editor: 'Dele Okafor', slug: 'hackney' } : { editor: 'Leila Hartnoll', slug: 'camden' };
  await signInAs(page, editor, `/organisations/${slug}/reconcile`);
  const list = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: 'Without a notice' }) });
  const chosen = list.getByRole('button', { name: 'No notice is needed for the chosen ones' });
  await chosen.click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toContainText('Choose the contracts that need no notice');
  await noTrouble(page);
  const box = wide ? list.getByRole('checkbox').first() : list.getByRole('checkbox', { name: 'Citizenship ceremonies system' });
  const value = await box.getAttribute('value');
  await box.check();
  await chosen.click();
  await expect(page.getByRole('alert')).toContainText('No notice is needed for 1 contract.');
  await expect(list.locator(`input[value="${value}"]`)).toHaveCount(0);
  await noTrouble(page);
  if (wide) {
    await list.getByRole('button', { name: /^No notice is needed for any of these \d+$/ }).click();
    await expect(page.getByRole('alert')).toContainText(/No notice is needed for \d+ contracts\./);
    await expect(list).toHaveCount(0);
  }
});
