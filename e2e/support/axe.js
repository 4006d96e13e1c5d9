// Asks axe-core what is wrong with a page.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * The violations on the page as it stands, each as one readable line per element; an empty list is what is wanted.
 * All of axe's rules run, best practices included: no rule is switched off. The debugger's own connection carries axe in,
 * so that neither the content security policy nor a browser without script is in its way.
 */
export async function violations(page) {
  // A click returns when the next page begins: on a busy machine its style sheet may still be on its way.
  await page.waitForLoadState('load');
  await page.evaluate(source);
  const found = await page.evaluate(async () => {
    // In a browser without script no timer fires and no promise of axe's would ever be kept: let them not wait.
    window.setTimeout = (call, _, ...rest) => { Promise.resolve().then(() => call(...rest)); return 0; };
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, impact, help, nodes }) => ({
      id, impact, help, nodes: nodes.map(({ target, html, failureSummary }) => ({ target: target.join(' '), html, failureSummary })),
    }));
  });
  return found.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => `${id} (${impact}): ${help}\n  at ${target}\n  ${html.slice(0, 300)}\n  ${failureSummary.replaceAll('\n', '\n  ')}`));
}
