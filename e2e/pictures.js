// Takes the README's pictures into docs/pictures: `node pictures.js`, after a build. Nothing is drawn by hand: a server of its
// own with the illustrative register, a fixed day, the window that the pictures have had from the start.
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import config from './playwright.config.js';
import start from './support/server.js';
import { answerAll, browserOf, lowRisk, screen } from './support/dpia.js';

const folder = join(import.meta.dirname, '../docs/pictures');
const stop = await start();
const browser = await chromium.launch(config.use.launchOptions);
const options = { baseURL: process.env.CITYTOOLS_URL, viewport: { width: 1280, height: 1000 }, locale: 'en-GB', timezoneId: 'Europe/London' };
const picture = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) });

try {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  for (const [name, address] of [
    ['home', '/'],
    ['contracts', '/contracts?service_area=housing&service_area=revenues-and-benefits&ends=24&ends=past-end'],
    ['matrix', '/matrix'],
  ]) {
    await page.goto(address);
    await picture(page, name);
  }
  await page.goto('/products?q=lintel');
  await page.getByRole('table').getByRole('link', { name: 'Lintel' }).click();
  await picture(page, 'product');

  // An assessment of three boroughs, half written.
  const priya = await browserOf(browser, options, 'Priya Nair', '/projects/new');
  await priya.getByLabel('Title').fill('Telecare alerts and falls prevention');
  await priya.getByLabel('What is it for?').fill('People who live with telecare get help before they fall, in three boroughs that share one alarm centre.');
  await priya.getByRole('button', { name: 'Begin the project' }).click();
  const project = new URL(priya.url()).pathname;
  for (const organisation of ['Hackney', 'Islington']) {
    await priya.goto(`${project}/parties`);
    await priya.getByLabel('Organisation', { exact: true }).selectOption(organisation);
    await priya.getByLabel('Joint controller').check();
    await priya.getByRole('button', { name: 'Invite the organisation' }).click();
  }
  for (const name of ['Dele Okafor', 'Sunita Moorcroft']) {
    const theirs = await browserOf(browser, options, name, project);
    await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
    await theirs.context().close();
  }
  await priya.goto(`${project}/screening`);
  await priya.getByRole('button', { name: 'Begin the screening' }).click();
  await screen(priya, ['Will the project use information about living people', 'combine, compare or match']);
  await priya.getByRole('button', { name: 'Begin the assessment' }).click();
  await priya.getByRole('radio').first().check();
  await priya.getByRole('button', { name: 'Begin the assessment' }).click();
  const address = new URL(priya.url()).pathname;
  await lowRisk(priya, address, 'An alert reaches the wrong person');
  await answerAll(priya, address, 'the annex of Camden', 'Camden answers alerts under its duty to promote well-being.');
  await priya.goto(address);
  await picture(priya, 'assessment');
} finally {
  await browser.close();
  await stop?.();
}
