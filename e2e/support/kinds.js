// The kinds of page of data projects and assessments that somebody can reach, found as people find them: by following links.
const start = ['/projects', '/assessments', '/risks', '/templates'];
/** What journeys make while this reads: their pages come and go. */
const journeys = /waste reminders/;
/** Addresses of one kind that are read for their links: an assessment that is written has others than one that is signed. */
const most = 4;

/** What addresses of one kind have in common: ids, questions and numbers stand for themselves no more. */
export const kindOf = (path) => path
  .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
  .replace(/\/(shared|annex:ID)\/[a-z0-9-]+/, '/PART/QUESTION')
  .replace(/(\/projects\/ID\/screening)\/[a-z-]+/, '$1/QUESTION')
  .replace(/(\/projects\/ID\/parties)\/[a-z-]+/, '$1/ORGANISATION')
  .replace(/\/urn:[^/]+\/\d+\.\d+\.\d+/, '/TEMPLATE')
  .replace(/\/\d+(?=\/|$)/g, '/N');

const idOf = (path) => /^\/(?:projects|assessments)\/([0-9a-f]{8}-[0-9a-f-]{27})/.exec(path)?.[1];

/** Kind and address of each such page that links lead to from where whoever is signed in begins, each kind once. */
export async function kinds(request, origin) {
  const found = new Map();
  const read = new Map();
  let queue = start.map((path) => [path, '']);
  const asked = new Set(start);
  /** The projects and assessments of the demonstration, as the two lists, which are read first, name them. */
  const standing = new Set();
  while (queue.length) {
    const next = [];
    for (const [path, from] of queue) {
      const kind = kindOf(path.replace(/\?.*/, ''));
      if ((read.get(kind) ?? 0) >= most) continue;
      read.set(kind, (read.get(kind) ?? 0) + 1);
      const answer = await request.get(path);
      if (answer.status() !== 200) throw new Error(`${answer.status()}: ${path}, to which ${from} leads`);
      if (!answer.headers()['content-type']?.startsWith('text/html')) continue;
      if (!found.has(kind)) found.set(kind, path);
      for (const [, written, words] of (await answer.text()).matchAll(/<a [^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gs)) {
        const link = new URL(written.replaceAll('&#x2f;', '/').replaceAll('&amp;', '&'), origin);
        // Files are no pages; what follows a question mark is sent along, and makes no other kind.
        const wanted = link.origin === origin && /^\/(projects|assessments|risks|templates)(\/|$)/.test(link.pathname);
        if (!wanted || asked.has(link.pathname) || /\/(file|files\/.+|schema\/.+)$|\.[a-z]+$/.test(link.pathname)) continue;
        const id = idOf(link.pathname);
        if (id && (path === '/projects' || path === '/assessments') && !journeys.test(words)) standing.add(id);
        if (id && !standing.has(id)) continue;
        asked.add(link.pathname);
        next.push([link.pathname + link.search, path]);
      }
    }
    queue = next;
  }
  return found;
}
