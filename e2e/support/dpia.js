// Steps of a DPIA, as people take them: by the words on labels, links and buttons. No step asks for script.
import { expect } from '@playwright/test';
import { signInAs } from './people.js';

/** A browser of one person: a context of its own, signed in, acting for the organisation named (where they have several). */
export async function browserOf(browser, options, name, next, organisation) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('response', (response) => {
    if (response.status() >= 500) throw new Error(`${response.status()}: ${response.url()} (${name})`);
  });
  await signInAs(page, name, next);
  if (organisation) {
    await page.getByRole('link', { name: /^Change/ }).first().click();
    await page.getByLabel(organisation, { exact: true }).check();
    await page.getByRole('button', { name: 'Act for it' }).click();
    await page.goto(next);
  }
  return page;
}

const heading = (page) => page.getByRole('heading', { level: 1 });

/** Answers the screening: 'No' to all but the questions whose text is named. */
export async function screen(page, yes) {
  for (let asked = 0; asked < 40; asked += 1) {
    const text = await heading(page).innerText();
    if (/^You need a DPIA|should look at this$|^You do not need/.test(text)) return text;
    await page.getByLabel(yes.some((part) => text.includes(part)) ? 'Yes' : 'No', { exact: true }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
  }
  throw new Error('The screening does not end');
}

/** Which option a careful officer would choose, where the first is not right. */
const chosen = ['Public task: 6(1)(e)', 'Yes, we have asked', 'Encrypted file transfer', 'Name and identity', 'Contact details', 'Residents'];

/**
 * Fills what is empty in the question that is open: words into texts, a day into dates, one option of each choice ('No' where
 * that is an answer), one row into tables. All at once, and not key by key: hundreds of answers are filled to reach the pages
 * that a journey is about, and those are typed into.
 */
export async function fillQuestion(page, words) {
  await page.locator('form[data-draft]').evaluate((form, { chosen, words }) => {
    const inside = (control) => !['comment', 'command', 'version'].includes(control.name) && !control.name.endsWith('-remove') && !control.name.endsWith('-pick');
    const label = (control) => control.labels[0]?.textContent.trim() ?? '';
    const legend = (fieldset) => fieldset.querySelector('legend')?.textContent.trim() ?? '';
    const fieldsets = [...form.querySelectorAll('fieldset')];
    const spare = fieldsets.filter((one) => /^(New row|.*: new entry)$/.test(legend(one)));
    const rows = fieldsets.some((one) => /^(Row \d+|.*: \d+)$/.test(legend(one)));
    const changed = (control) => ['input', 'change'].forEach((name) => control.dispatchEvent(new Event(name, { bubbles: true })));
    const days = { day: '1', month: '9', year: '2027' };
    const choices = new Map();
    for (const control of form.querySelectorAll('input:not([type=hidden]), textarea, select')) {
      if (!inside(control) || (rows && spare.some((one) => one.contains(control)))) continue;
      if (['radio', 'checkbox'].includes(control.type)) {
        choices.set(control.name, [...(choices.get(control.name) ?? []), control]);
      } else if (control.value) {
        continue;
      } else if (control.tagName === 'SELECT') {
        control.selectedIndex = Math.min(1, control.options.length - 1);
        changed(control);
      } else {
        const part = /-(day|month|year)$/.exec(control.name)?.[1];
        const line = /email/i.test(label(control)) ? 'data.protection@council.example' : 'As the project plan says';
        control.value = days[part] ?? (control.tagName === 'TEXTAREA' ? words : line);
        changed(control);
      }
    }
    for (const [name, options] of choices) {
      if (name !== 'complete' && options.some((one) => one.checked)) continue;
      const best = options.find((one) => chosen.includes(label(one))) ?? options.find((one) => label(one) === 'No') ?? options[0];
      best.checked = true;
      changed(best);
    }
  }, { chosen, words });
}

/** Answers every question that is required in one part, from the first that is missing to the last. */
export async function answerAll(page, address, part, words) {
  for (let round = 0; round < 30; round += 1) {
    await page.goto(address);
    const missing = page.getByRole('listitem').filter({ hasText: part }).getByRole('link', { name: /required answers? (is|are) missing/ });
    if (!(await missing.count())) return;
    await missing.click();
    for (let more = true; more; ) {
      const here = page.url();
      if (!(await page.locator('form[data-draft]').count())) break;
      const save = page.getByRole('button', { name: /^Save and go/ });
      if (!(await save.count())) break;
      more = /^Save and go to/.test(await save.innerText());
      await fillQuestion(page, words);
      await save.click();
      await expect(page.getByRole('alert').filter({ hasText: 'There is a problem' }), `${here} is saved`).toHaveCount(0);
    }
  }
  throw new Error(`Answers stay missing in ${part}: ${await page.getByRole("main").innerText()}`);
}

/** Adds a risk with the lowest ratings. */
export async function lowRisk(page, address, title, part) {
  await page.goto(`${address}/risks`);
  await page.getByRole('button', { name: 'Add a risk' }).click();
  if (part) await page.getByLabel(part).check();
  await page.getByLabel('What could happen, in a line').fill(title);
  await page.getByLabel('By what cause, and what would it mean for people?').fill('A letter goes to the wrong address, and somebody reads it.');
  for (const when of ['Before measures', 'After measures']) {
    const group = page.getByRole('group', { name: when });
    await group.getByRole('group', { name: 'How likely is it?' }).getByRole('radio').first().check();
    await group.getByRole('group', { name: 'How severe would it be for people?' }).getByRole('radio').first().check();
  }
  await page.getByRole('button', { name: 'Save the risk' }).click();
  await page.goto(`${address}/risks`);
  await expect(page.getByRole('main')).toContainText(title);
}

/** Signs the step that waits for this person, for the organisation named. */
export async function sign(page, address, step, organisation, { decide, reasons } = {}) {
  await page.goto(`${address}/sign-off`);
  const turn = page.locator('section').filter({ has: page.getByRole('heading', { name: new RegExp(`(Your turn|Sign again): ${step} for ${organisation}`) }) });
  if (decide) await turn.getByLabel(decide).check();
  if (reasons) await turn.getByLabel('Your advice, or your reasons').fill(reasons);
  await turn.getByLabel(new RegExp(`I have read this version and sign it for ${organisation}`)).check();
  await turn.getByRole('button', { name: `Sign for ${organisation}` }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'There is a problem' })).toHaveCount(0);
  await page.goto(`${address}/sign-off`);
  await expect(page.getByRole('heading', { name: new RegExp(`: ${step} for ${organisation}`) })).toHaveCount(0);
}
