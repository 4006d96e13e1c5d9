//! Tasks and reasons in words: the same on 'Your work', on the pages of an assessment, in mail and in the calendar. The
//! sentences of tasks stand in `templates/work/tasks/assessment.txt`.

use crate::{state::App, web::words::day};
use domain::{
    dpia::{
        assessment::{Assessment, Guest},
        review::Trigger,
        screening::OutcomeKind,
        task::{About, Assignee, Mine, Task as Given},
    },
    work::tasks::{Subject, Task},
};
use serde_json::json;

/// What asks for a review, as it stands after 'because': in the history of a field, on the list, in mail.
#[must_use]
pub fn why(app: &App, trigger: &Trigger) -> String {
    let snapshot = app.snapshot();
    match trigger {
        Trigger::DateReached { on } => format!("its review is due on {}", day(*on)),
        Trigger::ContractRenewal { contract, on } => {
            let title = snapshot
                .contract_by_id(*contract)
                .map_or_else(|| "a contract".to_owned(), |row| format!("the contract ‘{}’", snapshot.contract(row).title()));
            format!("{title} ends or can be renewed on {}", day(*on))
        }
        Trigger::SystemChanged { system, fields, .. } => {
            let name = snapshot
                .system_by_id(*system)
                .and_then(|row| crate::web::register::records::usage(&snapshot, snapshot.system(row)?))
                .map_or_else(|| "a system".to_owned(), |usage| usage.product.name);
            let fields: Vec<&str> = fields.iter().map(|field| field_of_system(field)).collect();
            format!("{name} has changed in the register: {}", fields.join(", "))
        }
        Trigger::Incident { what, on, .. } => format!("something went wrong on {}: {what}", day(*on)),
        Trigger::Forbidden { .. } => {
            "the Information Commissioner answered that what is in use must not go ahead as planned".to_owned()
        }
        Trigger::TemplateChanged { version, .. } => format!("version {version} of its template is in force"),
        Trigger::Screened { outcome: OutcomeKind::Required, .. } => {
            "its project was screened again, and a DPIA is required".to_owned()
        }
        Trigger::Screened { .. } => "its project was screened again, and that says something else".to_owned(),
    }
}

fn field_of_system(field: &str) -> &'static str {
    match field {
        "product" => "which product it is",
        "hosting" => "where it runs",
        "functions" => "what it is used for",
        "data_access" => "how data can be got out of it",
        "sub_processors" => "to whom its data is passed on",
        _ => "its contracts",
    }
}

/// A task as 'Your work' lists it. `why` says why it is on somebody's list; none where they wait for it.
#[must_use]
pub fn listed(app: &App, task: &Given, assessment: Option<&Assessment>, why: Option<Mine>) -> Task {
    let address = assessment.map_or_else(|| "/assessments".to_owned(), |one| format!("/assessments/{}", one.id));
    let rules = app.rules();
    let template = assessment.and_then(|one| rules.template(&one.template));
    let label = |field: &str| {
        let before = || Some(domain::dpia::succession::taken_out(&rules, &assessment?.template, field)?.0);
        template.and_then(|template| template.field(field)).or_else(before).map(|field| field.label.clone()).unwrap_or_default()
    };
    let (kind, what, href) = match &task.about {
        About::Section { part, section } => {
            let section = template.and_then(|template| template.section(section));
            let first = section.and_then(|section| section.fields.first());
            let href = first.map_or_else(|| address.clone(), |field| format!("{address}/{part}/{}", field.id));
            ("section", section.map(|section| section.title.clone()).unwrap_or_default(), href)
        }
        About::Field { place } => ("field", label(&place.field), format!("{address}/{}/{}", place.part, place.field)),
        About::Clash { place } => ("clash", label(&place.field), format!("{address}/{}/{}/clash", place.part, place.field)),
        About::Comment { place, .. } => {
            ("comment", label(&place.field), format!("{address}/{}/{}#comments", place.part, place.field))
        }
        About::Recommendation { place, .. } => ("recommendation", label(&place.field), format!("{address}/advice")),
        About::Measure { measure } => ("measure", task.note.clone(), format!("{address}/measures/{measure}")),
        About::Sign { step, organisation } => {
            // A step that the route does not have any more is named by its id.
            let route = rules.route(*organisation, app.clock.today());
            let title = route.and_then(|route| route.step(step).map(|step| step.title.clone()));
            ("sign", title.unwrap_or_else(|| step.replace('-', " ")), format!("{address}/sign-off"))
        }
        About::Vacancy { role, organisation } => {
            let snapshot = app.snapshot();
            let slug = snapshot.organisation_by_id(*organisation).and_then(|row| snapshot.organisation(row));
            let href = slug.map_or_else(|| address.clone(), |entry| format!("/organisations/{}/people", entry.record.slug));
            ("vacancy", role.words().to_owned(), href)
        }
        About::Invitation { .. } => ("invitation", String::new(), format!("{address}/parties")),
        About::Review { why } => {
            // Where nothing that the rules know asks for it, whoever asked said what does.
            let what = why.as_ref().map_or_else(|| task.note.clone(), |trigger| self::why(app, trigger));
            let page = if matches!(why, Some(Trigger::Screened { .. })) { "screening" } else { "review" };
            ("review", what, format!("{address}/{page}"))
        }
        About::Guest => {
            let of = |guest: &&Guest| matches!(task.assignee, Assignee::Person { person, .. } if person == guest.person);
            let sections = assessment.and_then(|one| one.guests.iter().find(of)).map_or(&[][..], |guest| &guest.sections);
            let title = |id: &String| Some(format!("‘{}’", template?.section(id)?.title));
            ("guest", sections.iter().filter_map(title).collect::<Vec<_>>().join(", "), address)
        }
        About::SentBack => ("sent-back", task.note.clone(), address),
        About::BeginDpia => ("begin-dpia", String::new(), address),
        About::Consultation { .. } => ("consultation", String::new(), format!("{address}/consultation")),
        About::Screening { project, words } => ("screening", words.clone(), format!("/projects/{project}/screening")),
        About::Publication => ("publication", String::new(), format!("{address}/publish")),
        About::AnnexPublication { .. } => ("annex-publication", String::new(), format!("{address}/publish#annexes")),
        About::Record { kind, id, words } if kind == domain::audit::Kind::Project.as_str() => {
            ("project-invitation", words.clone(), format!("/projects/{id}"))
        }
        About::Record { kind, words, .. } if kind == domain::audit::Kind::Template.as_str() => {
            ("template", words.clone(), format!("{address}/template"))
        }
        About::Record { words, .. } => ("record", words.clone(), address),
    };
    let waiting = why.is_none().then(|| crate::web::dpia::desk::day_of(task.since)).flatten();
    let note = if matches!(task.about, About::SentBack | About::Measure { .. }) { "" } else { &task.note };
    Task {
        key: format!("dpia/{}", task.id),
        subject: Subject::Dpia,
        organisation: task.assignee.organisation(),
        words: "assessment",
        values: json!({
            "kind": kind, "what": what, "title": assessment.map(|one| one.title.clone()).unwrap_or_default(),
            "note": note, "handed_over": matches!(why, Some(Mine::HandedOver { .. })),
            "organisation": crate::web::dpia::desk::named(app, task.assignee.organisation()).name,
        }),
        href,
        due: task.due,
        waiting_since: waiting,
    }
}

/// A task's title: a verb first.
///
/// # Errors
/// When its template is at fault.
pub fn title(app: &App, task: &Given, assessment: Option<&Assessment>) -> Result<String, crate::error::Failure> {
    Ok(crate::web::work::words(app, &listed(app, task, assessment, Some(Mine::Assigned)))?.0)
}
