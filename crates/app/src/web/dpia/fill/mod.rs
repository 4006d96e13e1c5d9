//! `/assessments/{id}/fill`: answers that fill themselves. What the project, its screening and the register know, and what earlier
//! assessments of the same product say (one's own, and those that others have published), is offered beside what stands;
//! nothing is copied without a person's yes to just that: what is offered carries a mark of its words and of where they come from, and
//! where either has changed by the time of the yes, the page comes back. Each answer that is taken over says in its history where it came from.
//!
//! | module | what lives there |
//! |---|---|
//! | [`register`] | what the project and the register know |
//! | [`earlier`] | assessments of the same product, and their answers |

pub mod earlier;
pub mod register;

#[cfg(test)]
mod tests;

use super::{
    desk::{Desk, Named},
    own_work::{self, Warning},
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    answer::{Answer, Labels},
    edit::Outcome,
    place::{Part, Place},
    template::field::{Field, FieldKind},
};
use earlier::{Counted, Earlier};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, fmt::Write as _};
use store::dpia::{Answered, answers::Change};
use uuid::Uuid;

/// An answer that is offered for a field.
pub struct Offered {
    place: Place,
    answer: Answer,
    /// Where it comes from, as the history will say.
    from: String,
}

#[derive(Serialize)]
struct View {
    href: String,
    source: String,
    rows: Vec<Row>,
    /// Answers that are offered, and say what stands already.
    same: usize,
    products: Vec<Counted>,
    earlier: Vec<earlier::Line>,
    chosen: Vec<String>,
    command: Uuid,
    errors: Errors,
    /// Signatures that the caller cannot give once they take something over.
    own_work: Vec<Warning>,
}

#[derive(Serialize)]
struct Row {
    place: String,
    number: String,
    label: String,
    href: String,
    part: Option<Named>,
    offered: String,
    from: String,
    stands: String,
    version: u32,
    /// The mark of what is offered.
    mark: String,
}

impl Offered {
    /// The mark of what is offered: of its words, and of where they come from. Ids of rows, which are new each time, say nothing.
    fn mark(&self, labels: &Labels) -> String {
        let mut words = Sha256::new();
        for part in [&self.answer.plain(labels), &self.from] {
            words.update((part.len() as u64).to_be_bytes());
            words.update(part.as_bytes());
        }
        words.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// The page: what the register offers, or with `?source=` what an earlier assessment says.
///
/// # Errors
/// Not found where the caller may write nothing of the assessment.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    render(&app, &caller, &desk, query.text("source"), &[], Errors::default()).await
}

async fn render(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    source: &str,
    chosen: &[&str],
    errors: Errors,
) -> Result<Response, Failure> {
    let all = earlier::all(app, caller, desk).await?;
    let offers = offers(app, caller, desk, source, &all).await?;
    if writable(desk, caller).is_empty() {
        return Err(Failure::not_found());
    }
    let offered = offers.len();
    let rows: Vec<Row> = offers.into_iter().filter_map(|offer| row(app, desk, offer)).collect();
    let parts: BTreeSet<Part> = rows.iter().filter_map(|row| Some(row.place.parse::<Place>().ok()?.part)).collect();
    let parts: Vec<Part> = parts.into_iter().collect();
    let view = View {
        own_work: own_work::warnings(app, caller, &desk.whole, &desk.template, &parts, &[]).await?,
        href: desk.address(),
        source: source.to_owned(),
        same: offered - rows.len(),
        rows,
        products: earlier::counts(app, &all),
        earlier: all.iter().map(|one| one.line(app)).collect(),
        chosen: chosen.iter().map(|place| (*place).to_owned()).collect(),
        command: new_command(),
        errors,
    };
    let mut frame = desk.frame(app, "Answers to take over");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/fill.html", &frame, view)?.into_response())
}

/// The fields that the caller may write now.
fn writable<'d>(desk: &'d Desk, caller: &Caller) -> Vec<(Place, &'d Field)> {
    let parts: Vec<Part> = desk.whole.assessment.parts().collect();
    let mut fields = Vec::new();
    for part in parts {
        for (_, section, applying) in desk.view(part).sections() {
            for applies in applying {
                let Some((_, field)) = desk.template.find(&applies.id) else { continue };
                let place = part.at(&field.id);
                if field.kind != FieldKind::Risks
                    && desk.whole.sight.reads(part, &section.id)
                    && desk.setting(caller, &place, section, field).allows().is_ok()
                {
                    fields.push((place, field));
                }
            }
        }
    }
    fields
}

/// What a source offers for the fields that the caller may write; the empty source is the project and the register.
async fn offers(app: &App, caller: &Caller, desk: &Desk, source: &str, all: &[Earlier]) -> Result<Vec<Offered>, Failure> {
    let fields = writable(desk, caller);
    if source.is_empty() {
        return register::offers(app, caller, desk, &fields).await;
    }
    let found = all.iter().find(|one| one.key() == source).ok_or_else(Failure::not_found)?;
    earlier::offers(app, caller, desk, found, &fields).await
}

/// An offer beside what stands; none where they say the same.
fn row(app: &App, desk: &Desk, offer: Offered) -> Option<Row> {
    let field = desk.template.field(&offer.place.field)?;
    let stands = desk.whole.field(&offer.place);
    let answer = stands.and_then(|state| state.answer.as_ref());
    let labels = field.labels();
    let mark = offer.mark(&labels);
    let (offered, standing) = (offer.answer.plain(&labels), answer.map(|answer| answer.plain(&labels)).unwrap_or_default());
    // Rows have ids of their own each time: what they say is what counts.
    (offered != standing).then(|| Row {
        number: desk.number(&offer.place),
        label: field.label.clone(),
        href: desk.address_of(&offer.place),
        part: desk.part(app, offer.place.part),
        offered,
        from: offer.from,
        stands: standing,
        version: stands.map_or(0, |state| state.version),
        mark,
        place: offer.place.to_string(),
    })
}

/// The command of one answer among those that a form takes over, so that a repeated press finds all of them done: the form's half
/// stays, the other is made of the place too.
fn command_of(command: Uuid, place: &str) -> Uuid {
    let mut words = Sha256::new();
    words.update(command.as_bytes());
    words.update(place.as_bytes());
    let mut bytes = command.into_bytes();
    bytes[8..].copy_from_slice(&words.finalize()[..8]);
    Uuid::from_bytes(bytes)
}

/// Takes over what was ticked: each into the version that the person saw, and only what the person saw.
///
/// # Errors
/// As [`page()`].
pub async fn take(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let desk = Desk::open(&app, &caller, &id).await?;
    let command = form.command()?;
    let (source, chosen) = (form.text("source"), form.all("take"));
    let all = earlier::all(&app, &caller, &desk).await?;
    let mut errors = Errors::default();
    if chosen.is_empty() {
        errors.add("take", "Choose at least one answer to take over");
        return render(&app, &caller, &desk, source, &[], errors).await;
    }
    let offers = offers(&app, &caller, &desk, source, &all).await?;
    let mark = |offer: &Offered| desk.template.field(&offer.place.field).map(|field| offer.mark(&field.labels()));
    let same = |place: &&str| {
        let offer = offers.iter().find(|offer| offer.place.to_string() == *place);
        offer.and_then(mark).is_some_and(|mark| form.text(&format!("mark-{place}")) == mark)
    };
    let (still, others): (Vec<&str>, Vec<&str>) = chosen.iter().copied().partition(same);
    if !others.is_empty() {
        let words = if others.len() == 1 { "One offer has" } else { "Several offers have" };
        errors.add("take", format!("{words} changed since you opened the page, so nothing is taken over. Look at what is offered now, and tick it again"));
        return Ok(conflict(render(&app, &caller, &desk, source, &still, errors).await?));
    }
    let (mut taken, mut moved_on) = (0usize, 0usize);
    for offer in offers {
        let place = offer.place.to_string();
        if !chosen.contains(&place.as_str()) {
            continue;
        }
        let seen: u32 = form.text(&format!("version-{place}")).parse().unwrap_or(0);
        let change = Change::TakeOver { seen, answer: offer.answer, from: &offer.from };
        let command = command_of(command, &place);
        let answered = desk.change(&app, &caller, &offer.place, &change, command).await?;
        match &answered {
            Answered::Done(outcome) => {
                super::tasks::after_answer(&app, &caller, &desk, &offer.place, outcome).await?;
                taken += usize::from(!matches!(outcome, Outcome::Unchanged));
            }
            Answered::Repeated => taken += 1,
            Answered::Refused(_) | Answered::Missing => moved_on += 1,
        }
    }
    if moved_on > 0 {
        let words = if moved_on == 1 { "One answer was" } else { "Several answers were" };
        errors.add("take", format!("{words} changed by somebody meanwhile, and not taken over. Look at them again"));
        let desk = Desk::open(&app, &caller, &id).await?;
        return render(&app, &caller, &desk, source, &chosen, errors).await;
    }
    let said = if taken == 1 { "1 answer is taken over".to_owned() } else { format!("{taken} answers are taken over") };
    let address = desk.address();
    Ok(page::saved(&address, &format!("{said}. Read each, and say that it is complete")))
}
