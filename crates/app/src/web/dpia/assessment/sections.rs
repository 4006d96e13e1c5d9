//! The task list: each section with how far it is, with whom, and what waits in it.

use crate::web::dpia::desk::Desk;
use domain::dpia::{
    place::{Part, Place},
    task::{About, Assignee, Task},
    template::{Template, compare, view::State as Far},
};
use serde::Serialize;

/// A section with how far it is, and with whom.
#[derive(Serialize)]
pub(super) struct SectionOf {
    number: usize,
    title: String,
    href: Option<String>,
    pub(super) fields: usize,
    pub(super) answered: usize,
    complete: bool,
    state: &'static str,
    /// Risks whose level after measures nobody has said.
    unrated: usize,
    /// Answers and risks that a review asks to look at again.
    look: usize,
    /// Questions that the coming version of the template asks besides.
    coming: usize,
    clashes: usize,
    comments: usize,
    recommendations: usize,
    risks: Option<usize>,
    with: Vec<String>,
    due: Option<Due>,
}

/// By when.
#[derive(Serialize)]
pub(super) struct Due {
    late: i64,
    day: String,
}

/// The sections of a part that the caller may read; `coming` is the version of the template that a review asks to look at. Of an
/// assessment that was made elsewhere only those that came in as data: nobody works on it here, so none of them is to do.
pub(super) fn sections(desk: &Desk, part: Part, tasks: &[Task], coming: Option<&Template>) -> Vec<SectionOf> {
    let view = desk.view(part);
    let recorded = desk.whole.assessment.is_record();
    let signed = desk.whole.assessment.state.is_signed();
    let wanted = if signed { view.missing() } else { Vec::new() };
    view.sections()
        .into_iter()
        .filter(|(_, section, _)| desk.whole.sight.reads(part, &section.id))
        .map(|(number, section, fields)| {
            let far = view.progress(section);
            let here = |field: &str| fields.iter().any(|one| one.id == field);
            let mine = |place: &Place| place.part == part && here(&place.field);
            let stand: Vec<_> = desk.whole.fields.iter().filter(|field| mine(&field.place)).collect();
            let clashes = stand.iter().filter(|field| field.clashes()).count();
            let open = |about: &About| match about {
                About::Section { part: of, section: id } => *of == part && *id == section.id,
                About::Field { place } | About::Clash { place } => mine(place),
                _ => false,
            };
            let open: Vec<&Task> = tasks.iter().filter(|task| task.open() && open(&task.about)).collect();
            let with: Vec<String> = open
                .iter()
                .map(|task| match task.assignee {
                    Assignee::Person { person, .. } => desk.person(person),
                    Assignee::Role { role, .. } => role.words().to_owned(),
                })
                .collect();
            let due = open.iter().filter_map(|task| task.due).min();
            // A risk without a level after measures is not finished, whatever the field beside it says.
            let holds_risks = fields.iter().any(|field| field.kind.as_str() == "risks");
            let unrated = desk
                .whole
                .risks
                .iter()
                .filter(|record| holds_risks && record.risk.part == part)
                .filter(|record| record.risk.residual.band(&desk.template.matrix).is_none())
                .count();
            let look = stand.iter().filter(|field| field.look().is_some()).count()
                + desk.whole.risks.iter().filter(|one| holds_risks && one.risk.part == part && one.look.is_some()).count();
            let complete = far.state() == Far::Completed && clashes == 0 && unrated == 0 && look == 0;
            // What is signed and asks for nothing is finished, also where nothing was to be written.
            let settled = signed
                && !desk.whole.annex_open(part)
                && open.is_empty()
                && clashes + unrated + look == 0
                && !fields.iter().any(|field| wanted.iter().any(|one| one.id == field.id));
            let risks = holds_risks.then(|| desk.whole.risks.iter().filter(|record| record.risk.part == part).count());
            SectionOf {
                number,
                title: section.title.clone(),
                href: fields.first().map(|field| desk.address_of(&part.at(&field.id))),
                fields: far.fields,
                answered: far.answered,
                complete,
                look,
                coming: coming.map_or(0, |coming| compare::asked_besides(&desk.template, coming, &section.id)),
                state: match (complete, clashes, far.state()) {
                    _ if recorded => "closed",
                    (true, ..) => "completed",
                    _ if settled => "closed",
                    (_, 1.., _) => "needs-you",
                    _ if look > 0 => "look-again",
                    (_, _, Far::NotStarted) => "not-started",
                    _ => "in-progress",
                },
                clashes,
                unrated,
                comments: desk
                    .whole
                    .comments
                    .iter()
                    .filter(|one| one.thread.is_none() && one.resolved.is_none() && mine(&one.place))
                    .count(),
                recommendations: desk.whole.open_recommendations().filter(|one| mine(&one.place)).count(),
                risks,
                with: with.into_iter().fold(Vec::new(), |mut names, name| {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    names
                }),
                due: due.map(|due| Due { late: i64::from((desk.today - due).get_days()), day: due.to_string() }),
            }
        })
        .filter(|section| !recorded || section.answered > 0 || section.risks.is_some_and(|risks| risks > 0))
        .collect()
}
