// How the browser tests run: Debian’s Chromium, one server for all of them, and one project per way of looking at a page.
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** Debian's Chromium: its shell without windows, which takes half the time, or the whole browser. */
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Flags without which Chromium as root, or without a network, fails or phones home. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Journeys and checks that ask for no script; the others belong to one project alone. */
const everywhere = ['pages.spec.js', 'signed_in.spec.js'];
const withoutScript = [...everywhere, 'find.spec.js', 'filter.spec.js', 'read.spec.js', 'errors.spec.js', 'sign_in.spec.js', 'editing.spec.js', 'dpia.spec.js'];
const narrow = [...everywhere, 'narrow.spec.js', 'kinds.spec.js'];

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  globalSetup: './support/server.js',
  fullyParallel: true,
  workers: 2,
  // A journey that needs a second try is a journey that fails for someone.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? browsers.find((path) => existsSync(path)), args },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    viewport: { width: 1280, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'off',
  },
  projects: [
    { name: 'wide', testIgnore: ['narrow.spec.js'] },
    { name: 'no script', testMatch: withoutScript, use: { javaScriptEnabled: false } },
    { name: '320 px', testMatch: narrow, use: { viewport: { width: 320, height: 720 }, hasTouch: true } },
    // What a window of 1280 by 1024 shows when a person zooms to 400%.
    { name: '400% zoom', testMatch: everywhere, use: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 } },
    { name: 'forced colours', testMatch: [...everywhere, 'keyboard.spec.js'], use: { contextOptions: { forcedColors: 'active', reducedMotion: 'reduce' } } },
  ],
});
