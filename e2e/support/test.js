// What every spec starts from: `test` with the server's address and a page that watches for broken promises, and `expect`.
import { test as base, expect } from '@playwright/test';

/**
 * Errors and refusals a page caused: messages in the console, exceptions, parts that did not load, parts from elsewhere.
 * Chromium reports a breach of the content security policy as a console error, with or without script on the page.
 */
class Watch {
  constructor(page, origin) {
    this.wrong = [];
    /** Statuses of documents that a test asks for on purpose, such as 404. */
    this.expected = new Set();
    page.on('console', (message) => {
      if (message.type() !== 'error' && !/content security policy/i.test(message.text())) return;
      const status = /status of (\d+)/.exec(message.text());
      if (status && this.expected.has(Number(status[1]))) return;
      this.wrong.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.wrong.push(`exception: ${error}`));
    page.on('requestfailed', (request) => {
      // A download ends the navigation that began it.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') this.wrong.push(`not loaded: ${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400 && !this.expected.has(response.status())) this.wrong.push(`${response.status()}: ${response.url()}`);
    });
    page.on('request', (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      if (asked !== origin && !['data:', 'blob:', 'about:'].includes(protocol)) this.wrong.push(`asks elsewhere: ${request.url()}`);
    });
  }
}

export const test = base.extend({
  baseURL: async ({}, use) => {
    if (!process.env.CITYTOOLS_URL) throw new Error('CITYTOOLS_URL is not set; the server has not been started.');
    await use(process.env.CITYTOOLS_URL);
  },
  // Automatic: a test fails for what its pages did wrong on the way, even when it arrives.
  watch: [async ({ page, baseURL }, use) => {
    const watch = new Watch(page, new URL(baseURL).origin);
    await use(watch);
    expect(watch.wrong, 'nothing went wrong on the pages').toEqual([]);
  }, { auto: true }],
  /** The public API: `api('contracts?limit=5')` gives the parsed answer. */
  api: async ({ request }, use) => {
    await use(async (question) => {
      const answer = await request.get(`/api/v1/${question}`);
      expect(answer.status(), `the API answers ${question}`).toBe(200);
      return answer.json();
    });
  },
});

export { expect };
