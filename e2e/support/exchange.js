// What an assessment's JSON says, without what is another's where it came in: ids of its own, the number, the times of coming in.

const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The mark of what a file states about people here, which is set where it comes in. */
const unmarked = (key, value) => (key === 'stated' ? undefined : value);

/** Entries as text with every id alike, in an order that does not depend on them. */
const alike = (list, what) => list.map((one) => JSON.stringify(what(one), unmarked).replaceAll(ids, 'ID')).sort();

/**
 * What has to be the same wherever a document comes in. Signatures, tasks and publications are told of elsewhere; so they are looked
 * for under that name too.
 */
export function told(bundle) {
  const both = (name) => [...(bundle[name] ?? []), ...(bundle[`${name === 'signatures' ? 'signed' : name}_elsewhere`] ?? [])];
  return {
    title: bundle.assessment.title,
    template: bundle.assessment.template,
    answers: alike(bundle.fields, ({ place, answer, complete, how }) => ({ place, answer, complete, how })),
    history: alike(bundle.history, ({ place, answer, version, at }) => ({ place, answer, version, at })),
    risks: alike(bundle.risks, ({ number, risk }) => ({ number, risk })),
    measures: alike(bundle.measures, ({ number, measure }) => ({ number, measure })),
    comments: alike(bundle.comments, ({ place, text, at, resolved }) => ({ place, text, at, resolved: Boolean(resolved) })),
    recommendations: alike(bundle.recommendations, ({ number, place, text, answer }) => ({ number, place, text, answer })),
    // What was signed, and by what seals: letter for letter.
    versions: bundle.versions.map(({ number, name, content, seals }) => ({ number, name, content, seals })),
    signatures: alike(both('signatures'), ({ step, decision, says, reasons, role, at, level, shared, annex }) => ({ step, decision, says, reasons, role, at, level, shared, annex })),
    tasks: alike(both('tasks'), ({ about, note, due, at, done }) => ({ about, note, due, at, done })),
    publications: alike(both('publications'), ({ fields, summary, sealed, stage }) => ({ fields, summary, sealed, stage })),
    attachments: alike(bundle.attachments, ({ name, kind, size, hash }) => ({ name, kind, size, hash })),
    screening: bundle.screening && { answers: bundle.screening.answers, notes: bundle.screening.notes },
  };
}
