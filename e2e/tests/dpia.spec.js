// A DPIA from 'do I need one?' to a signature that means something, and to the public: three boroughs, fourteen people, one
// document. The finish line of the DPIA's work, in one journey; it runs with script and without.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, expect } from '../support/test.js';
import { violations } from '../support/axe.js';
import { told } from '../support/exchange.js';
import { citytoolsOn, signInAs } from '../support/people.js';
import { answerAll, browserOf, lowRisk, screen, sign } from '../support/dpia.js';

test.use({ actionTimeout: 10_000 });

test('three boroughs screen, co-write, sign, change, sign again, publish and hand on one DPIA', async ({ page, browser, baseURL }, info) => {
  test.setTimeout(600_000);
  const title = { wide: 'Bulky waste reminders', 'no script': 'Garden waste reminders' }[info.project.name];
  const options = { baseURL, javaScriptEnabled: info.project.use.javaScriptEnabled ?? true, locale: 'en-GB', timezoneId: 'Europe/London' };
  const main = (one) => one.getByRole('main');
  const clean = async (one) => expect(await violations(one)).toEqual([]);
  const step = (name, body) => test.step(name, body);
  /** Somebody signs in, does one thing, and is gone. */
  const as = async (name, next, does, organisation) => {
    const theirs = await browserOf(browser, options, name, next, organisation);
    await does(theirs);
    await theirs.context().close();
  };

  let project;
  await step('Camden begins a data project and invites Hackney and Islington', async () => {
    await signInAs(page, 'Priya Nair', '/projects');
    await page.getByRole('button', { name: 'Begin a data project' }).click();
    await page.getByLabel('Title').fill(title);
    await page.getByLabel('What is it for?').fill('Residents who booked a collection are reminded the day before, so that fewer collections fail.');
    await page.getByRole('button', { name: 'Begin the project' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    project = new URL(page.url()).pathname;
    for (const organisation of ['Hackney', 'Islington']) {
      await page.goto(project);
      await page.getByRole('link', { name: 'Invite an organisation' }).click();
      await page.getByLabel('Organisation', { exact: true }).selectOption(organisation);
      await page.getByLabel('Joint controller').check();
      await page.getByRole('button', { name: 'Invite the organisation' }).click();
      await expect(main(page)).toContainText(organisation);
    }
    await clean(page);
    for (const name of ['Dele Okafor', 'Sunita Moorcroft']) {
      await as(name, project, async (theirs) => {
        await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
        await expect(main(theirs)).not.toContainText('is invited');
      });
    }
  });

  await step('it is screened: a DPIA is required', async () => {
    await page.goto(project);
    await page.getByRole('button', { name: 'Start the screening' }).click();
    await page.getByRole('button', { name: 'Begin the screening' }).click();
    await clean(page);
    expect(await screen(page, ['Will the project use information about living people', 'combine, compare or match'])).toBe('You need a DPIA');
    await expect(main(page)).toContainText('Matching data from different sources');
    await clean(page);
  });

  let address;
  await step('the assessment begins', async () => {
    await page.getByRole('button', { name: 'Begin the assessment' }).click();
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: 'Begin the assessment' }).click();
    await expect(main(page)).toContainText('Shared text');
    address = new URL(page.url()).pathname;
    await clean(page);
    // Whoever reads all of it finds each of its pages from any other.
    for (const [link, words] of [
      ['Risks and measures', 'Risks and measures'], ['Tasks', 'Tasks'], ['Recommendations', 'Recommendations'], ['Sign-off', 'Advice and sign-off'],
      ['Parties', 'Parties and guests'], ['Versions', 'Versions'], ['Publication', 'Publication'], ['Files', 'Take the assessment away'],
      ['Attachments', 'Attachments'], ['Answers', title],
    ]) {
      await page.getByRole('navigation', { name: 'This assessment' }).getByRole('link', { name: link, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(words);
      await clean(page);
    }
    for (const [place, words] of [
      [`${address}/modules`, 'Parts of the template'], [`${address}/change`, 'Change the assessment'],
      [`${project}/history`, 'History of the project'], [`${project}/parties/camden`, 'Camden'],
    ]) {
      await page.goto(place);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(words);
      await clean(page);
    }
  });

  await step('an answer of the screening changes: the record before can be read, and the assessment takes the new one over', async () => {
    await page.goto(`${project}/screening`);
    await page.getByRole('link', { name: 'Change the answer to ‘Is it a major project, or have people raised worries about it?’' }).click();
    await clean(page);
    await page.getByLabel('Yes', { exact: true }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You need a DPIA');
    await clean(page);
    await page.getByRole('complementary').getByRole('link', { name: /^DPIA required, / }).click();
    await expect(main(page)).toContainText('kept as it was');
    await clean(page);
    await page.goto(address);
    await expect(main(page)).toContainText('The project was screened again');
    await page.getByRole('link', { name: 'See what is different' }).click();
    await expect(main(page)).toContainText('A major project, or one that people worry about');
    await clean(page);
    await page.getByRole('button', { name: 'Take over the new screening' }).click();
    await expect(main(page)).not.toContainText('The project was screened again');
    await clean(page);
  });

  await step('the shared text is answered, and a low risk stands in it', async () => {
    await lowRisk(page, address, 'A reminder reaches somebody else');
    await page.getByRole('button', { name: 'Add a measure' }).click();
    await page.getByLabel('What is done, in a line').fill('Numbers are confirmed when a collection is booked');
    await page.getByLabel(/A reminder reaches somebody else/).check();
    await page.getByLabel('They are less likely, or less severe').check();
    await page.getByLabel('Done', { exact: true }).check();
    await page.getByLabel('What shows it, or why it is dropped (optional)').fill('The booking page asks twice.');
    await clean(page);
    await page.getByRole('button', { name: 'Save the measure' }).click();
    await page.goto(`${address}/risks`);
    await expect(main(page)).toContainText('Numbers are confirmed when a collection is booked');
    await answerAll(page, address, 'the shared text', 'Names and addresses of residents who booked a collection are used for one reminder.');
  });

  let question;
  await step('two boroughs write at once, clash, and settle it', async () => {
    const dele = await browserOf(browser, options, 'Dele Okafor', address);
    const sunita = await browserOf(browser, options, 'Sunita Moorcroft', address);
    for (const one of [dele, sunita]) {
      await one.goto(address);
      await one.getByRole('link', { name: /^\d+\. Why a DPIA/ }).or(one.locator('.ct-rows').first().getByRole('link').first()).first().click();
    }
    question = new URL(dele.url()).pathname;
    expect(new URL(sunita.url()).pathname).toBe(question);
    const answer = (one) => one.locator('textarea[name="answer"]');
    await answer(dele).fill('Hackney wants fewer failed collections.');
    await answer(sunita).fill('Islington wants fewer wasted journeys.');
    await dele.getByRole('button', { name: 'Save and stay' }).click();
    await expect(answer(dele)).toHaveValue('Hackney wants fewer failed collections.');
    await sunita.getByRole('button', { name: 'Save and stay' }).click();
    await expect(sunita.getByRole('heading', { level: 1 })).toHaveText('You and Dele Okafor changed the same words');
    await clean(sunita);
    await expect(main(sunita)).toContainText('Hackney wants fewer failed collections.');
    await expect(main(sunita)).toContainText('Islington wants fewer wasted journeys.');
    await dele.goto(address);
    await expect(main(dele)).toContainText('A clash is not settled');
    await answer(sunita).fill('Hackney wants fewer failed collections. Islington wants fewer wasted journeys.');
    await sunita.getByRole('button', { name: 'Save the merged text' }).click();
    await dele.goto(question);
    await expect(answer(dele)).toHaveValue('Hackney wants fewer failed collections. Islington wants fewer wasted journeys.');
    await dele.getByLabel('Add a comment').fill('Do both of us count failed collections the same way?');
    await dele.getByRole('button', { name: 'Add the comment' }).click();
    await expect(main(dele)).toContainText('Comments on this question (1 open)');
    await dele.goto(`${question}/history`);
    await expect(main(dele)).toContainText('settled a clash');
    await dele.context().close();
    await sunita.context().close();
  });

  await step('each borough fills its own annex', async () => {
    for (const [name, organisation] of [['Priya Nair', 'Camden'], ['Dele Okafor', 'Hackney'], ['Sunita Moorcroft', 'Islington']]) {
      await as(name, address, (theirs) => answerAll(theirs, address, `the annex of ${organisation}`, `${organisation} sends the reminder under its duty to collect waste.`));
    }
  });

  await step('the officer recommends; the risk owner overrules with a reason', async () => {
    await as('Helen Marsh', `${address}/advice`, async (helen) => {
      await helen.getByLabel('Which question is it about?').selectOption({ index: 1 });
      await helen.getByLabel('What do you recommend?').fill('Ask residents first whether they want a reminder.');
      await helen.getByRole('button', { name: 'Recommend it' }).click();
      await expect(main(helen)).toContainText('Ask residents first');
      await clean(helen);
    });
    await as('Grace Oyelaran', `${address}/advice`, async (grace) => {
      await grace.getByLabel(/overrule/i).check();
      await grace.getByRole('button', { name: 'Answer recommendation 1' }).click();
      await expect(grace).toHaveTitle(/^Error: /);
      await grace.getByLabel(/overrule/i).check();
      await grace.getByLabel('What is done about it, or why not').fill('A booking is the wish; each reminder says how to stop them.');
      await grace.getByRole('button', { name: 'Answer recommendation 1' }).click();
      await expect(main(grace)).toContainText('Overruled by Grace Oyelaran');
    });
  });

  const freeze = async () => {
    await page.goto(`${address}/sign-off`);
    await page.getByRole('link', { name: /^Freeze/ }).click();
    await clean(page);
    await page.getByRole('button', { name: /^Freeze/ }).click();
    await page.goto(`${address}/sign-off`);
    await expect(main(page)).toContainText('Frozen.');
  };
  const advice = { reasons: 'The reminder is fair and small; keep the data no longer than a month.' };
  const signAll = async () => {
    const rounds = [
      ['Kofi Brandt', 'Technical assurance', 'Camden'],
      ['Rosalind Achterberg', 'Procurement', 'Camden'],
      ['Piotr Ashdown', 'Technical assurance', 'Hackney'],
      ['Winifred Sato', 'Procurement', 'Hackney'],
      ['Ravi Templeton', 'Technical assurance', 'Islington'],
      ['Hugo Marchetti', 'Procurement', 'Islington'],
      ['Helen Marsh', 'Advice of the data protection officer', 'Camden', advice],
      ['Anjali Rao', 'Advice of the data protection officer', 'Hackney', advice],
      ['Anjali Rao', 'Advice of the data protection officer', 'Islington', advice],
      ['Grace Oyelaran', 'Answer to the advice', 'Camden', { reasons: 'A month is too short for complaints; a year is kept.' }],
      ['Marcus Thistlewood', 'Answer to the advice', 'Hackney'],
      ['Delphine Underhill', 'Answer to the advice', 'Islington'],
      ['Sam Whitlock', 'Acceptance of the remaining risk', 'Camden'],
      ['Marcus Thistlewood', 'Acceptance of the remaining risk', 'Hackney'],
      ['Delphine Underhill', 'Acceptance of the remaining risk', 'Islington'],
    ];
    for (const [name, what, organisation, how] of rounds) {
      await as(name, `${address}/sign-off`, (theirs) => sign(theirs, address, what, organisation, how), name === 'Anjali Rao' ? organisation : undefined);
    }
  };
  await step('the text is frozen, and three organisations sign', async () => {
    await freeze();
    await signAll();
    await page.goto(`${address}/sign-off`);
    await expect(main(page)).toContainText('Signed by all.');
    await clean(page);
  });

  await step('it is opened, one answer changes, and the signatures are stale with the change shown', async () => {
    await page.goto(`${address}/sign-off`);
    await page.getByRole('link', { name: /^Open it/ }).click();
    await page.getByLabel('Why?').fill('The day of the reminder changes.');
    await page.getByRole('button', { name: /^Open it/ }).click();
    await page.goto(question);
    await page.locator('textarea[name="answer"]').fill('Hackney wants fewer failed collections. Islington wants fewer wasted journeys. Reminders go out two days before.');
    await page.getByRole('button', { name: 'Save and stay' }).click();
    await freeze();
    await expect(main(page)).toContainText('Sign again');
    await as('Kofi Brandt', `${address}/sign-off`, async (kofi) => {
      await expect(kofi.getByRole('heading', { name: /^Sign again: Technical assurance for/ })).toBeVisible();
      await expect(kofi.locator('ins')).toContainText('two days before');
      await clean(kofi);
    });
  });

  await step('it is signed again', async () => {
    await signAll();
    await page.goto(`${address}/sign-off`);
    await expect(main(page)).toContainText('Signed by all.');
  });

  await step('it is published with words taken out; a second person publishes', async () => {
    await page.goto(`${address}/publish`);
    await page.getByRole('button', { name: 'Prepare the publication' }).click();
    await page.getByLabel('A summary in plain words').fill('Residents who booked a collection are reminded of it.');
    await page.getByRole('button', { name: 'Save the summary' }).click();
    await clean(page);
    await page.getByRole('table', { name: 'What is shown of each answer' }).getByRole('link').first().click();
    await page.getByLabel('All but some words').check();
    await page.getByLabel('Words taken out').first().fill('Islington wants fewer wasted journeys.');
    await page.getByLabel('Exemption (Freedom of Information Act 2000)').first().selectOption({ index: 1 });
    await page.getByLabel('Why, in words that the public reads').first().fill('It would help a supplier to bid.');
    await clean(page);
    await page.getByRole('button', { name: 'Decide this' }).click();
    await page.goto(`${address}/publish`);
    await expect(main(page)).toContainText('all but 1 passage');
    // Each of the other boroughs says of its own annex whether it goes out; without that it is left out.
    await as('Dele Okafor', `${address}/publish`, async (dele) => {
      await dele.getByRole('button', { name: 'Let the annex of Hackney go out' }).click();
      await expect(dele.getByRole('button', { name: 'Leave the annex of Hackney out' })).toBeVisible();
      await clean(dele);
    });
    await page.goto(`${address}/publish`);
    await page.getByRole('button', { name: 'Ask a second person to look' }).click();
    await expect(main(page)).toContainText('somebody else has to look');
    await as('Tom Adeyemi', `${address}/publish`, async (tom) => {
      await tom.getByRole('button', { name: 'Publish exactly this' }).click();
      await expect(main(tom)).toContainText('Public.');
    });
    const visitor = await browser.newContext(options);
    const theirs = await visitor.newPage();
    await theirs.goto('/dpias');
    await theirs.getByRole('link', { name: title }).click();
    await expect(main(theirs)).toContainText('words taken out');
    await expect(main(theirs)).toContainText('It would help a supplier to bid.');
    await expect(main(theirs)).not.toContainText('wasted journeys');
    await expect(main(theirs)).toContainText('Islington, joint controller; its own annex is not published');
    await expect(main(theirs)).not.toContainText('Hackney, joint controller; its own annex is not published');
    await clean(theirs);
    await visitor.close();
  });

  await step('who does what is given, and what asks for another look is said', async () => {
    await page.goto(`${address}/tasks`);
    await page.getByLabel('What is to be done?').selectOption({ label: 'Look at the assessment again' });
    await page.getByLabel('To whom?').selectOption({ label: 'Dele Okafor, Hackney' });
    await page.getByRole('button', { name: 'Give the task' }).click();
    await expect(main(page)).toContainText('Look at the assessment again');
    await clean(page);
    await as('Dele Okafor', '/work', async (dele) => {
      await expect(main(dele)).toContainText(title);
    });
    await page.goto(`${address}/review`);
    await page.getByRole('button', { name: 'Ask for a review' }).click();
    await expect(page).toHaveTitle(/^Error: /);
    await clean(page);
    await page.getByLabel('What went wrong, in a sentence?').fill('A reminder named the neighbour.');
    const day = page.getByRole('group', { name: /^When did it happen/ });
    await day.getByLabel('Day').fill('20');
    await day.getByLabel('Month').fill('11');
    await day.getByLabel('Year').fill('2026');
    await page.getByRole('button', { name: 'Ask for a review' }).click();
    await expect(main(page)).toContainText('Because something went wrong on 20 November 2026');
    await clean(page);
  });

  let json;
  let zip;
  await step('a file is attached, and it is taken away as PDF, Word, JSON and ZIP', async () => {
    await page.goto(`${address}/attachments`);
    await page.getByLabel('Attach a file').setInputFiles({ name: 'notice.txt', mimeType: 'text/plain', buffer: Buffer.from('We remind you the day before.') });
    await page.getByRole('button', { name: 'Attach the file' }).click();
    await expect(main(page).getByRole('link', { name: 'notice.txt', exact: true })).toBeVisible();
    await clean(page);
    const take = async (name) => {
      await page.goto(`${address}/files`);
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).first().click()]);
      const path = await download.path();
      return { path, bytes: readFileSync(path), name: download.suggestedFilename() };
    };
    expect((await take(/PDF/)).bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await take(/Word|DOCX/)).bytes.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    json = await take(/^JSON/);
    zip = await take(/^ZIP/);
    expect(JSON.stringify(JSON.parse(json.bytes.toString()))).toContain('two days before');
  });

  await step('an organisation that takes no part in it brings the ZIP in, and nothing is lost', async () => {
    const before = told(JSON.parse(json.bytes.toString()));
    // There is something of everything, so that a loss would be seen.
    for (const what of ['answers', 'history', 'risks', 'measures', 'comments', 'recommendations', 'versions', 'signatures', 'tasks', 'publications', 'attachments']) {
      expect(before[what].length, what).toBeGreaterThan(0);
    }
    await as('Callum Desai', '/assessments', async (callum) => {
      await expect(main(callum).getByRole('link', { name: title })).toHaveCount(0);
      await callum.goto('/assessments/import/citytools');
      await callum.getByLabel('The file').setInputFiles({ name: zip.name, mimeType: 'application/zip', buffer: zip.bytes });
      await callum.getByRole('button', { name: 'Bring the assessment in' }).click();
      await expect(callum.getByRole('heading', { level: 1 })).toHaveText('What came in');
      await expect(main(callum)).toContainText('Nothing is public here by it');
      await clean(callum);
      await callum.getByRole('link', { name: 'Go to the assessment' }).click();
      await expect(callum.getByRole('heading', { level: 1 })).toHaveText(title);
      await expect(main(callum)).toContainText('Made elsewhere');
      const there = new URL(callum.url()).pathname;
      const after = await callum.request.get(`${there}/files/assessment.json`).then((answer) => answer.json());
      expect(told(after)).toEqual(before);
      expect([after.signatures.length, after.tasks ?? [], after.publications ?? []]).toEqual([0, [], []]);
      await callum.goto(`${there}/attachments`);
      await expect(main(callum).getByRole('link', { name: 'notice.txt', exact: true })).toBeVisible();
      await clean(callum);
      await callum.getByRole('link', { name: 'Take it away' }).click();
      await clean(callum);
      await callum.goto(`${there}/recorded`);
      await expect(callum.getByRole('heading', { level: 1 })).toHaveText('Correct what is recorded');
      await clean(callum);
    });
  });

  await step('another City Tools, with a database of its own, brings the JSON in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'citytools-elsewhere-'));
    const file = join(folder, 'assessment.json');
    writeFileSync(file, json.bytes);
    const elsewhere = join(folder, 'elsewhere.db');
    const { id } = JSON.parse(citytoolsOn(elsewhere, 'dpia', 'import', file, '--from', 'citytools', '--organisation', 'enfield', '--format', 'json'));
    const after = JSON.parse(citytoolsOn(elsewhere, 'dpia', 'export', id, '--format', 'json'));
    expect(told(after)).toEqual(told(JSON.parse(json.bytes.toString())));
    expect(after.attachments[0].gone).toEqual({ gone: 'not-here' });
    rmSync(folder, { recursive: true, force: true });
  });
});
