//! A route of sign-off and an organisation's overlay, as their pages take them.

use super::{
    condition::{self, Node},
    show::Head,
    view::{FieldView, field},
    write::{self, Line},
};
use domain::dpia::{
    known::Known,
    overlay::{Overlay, UpTo},
    risk::Band,
    sign_off::{Phase, Route},
    template::{Purpose, Template},
};
use jiff::civil::Date;
use serde::Serialize;

/// A route: what each controller does, in order.
#[derive(Serialize)]
pub struct RouteView {
    head: Head,
    owner: Option<String>,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    title: String,
    phase: &'static str,
    after: Vec<String>,
    when: Option<Node>,
    decisions: Vec<DecisionView>,
}

#[derive(Serialize)]
struct DecisionView {
    role: &'static str,
    says: String,
    risk: Vec<&'static str>,
    reasons: bool,
}

/// A route with the words of the template that is in force on a day.
#[must_use]
pub fn route(head: Head, owner: Option<String>, route: &Route, rules: &Known, today: Date) -> RouteView {
    let template = rules.in_force(Purpose::Dpia, today);
    let title = |id: &String| route.step(id).map_or_else(|| id.clone(), |step| step.title.clone());
    RouteView {
        head,
        owner,
        steps: route
            .steps
            .iter()
            .map(|step| StepView {
                title: step.title.clone(),
                phase: match step.phase {
                    Phase::Review => "review",
                    Phase::Advice => "advice",
                    Phase::Decision => "decision",
                },
                after: step.after.iter().map(title).collect(),
                when: step.when.as_ref().map(|when| condition::node(when, template, rules)),
                decisions: step
                    .decisions
                    .iter()
                    .map(|decision| DecisionView {
                        role: decision.role.words(),
                        says: decision.says.clone(),
                        risk: decision.risk.iter().map(|band| Band::as_str(*band)).collect(),
                        reasons: decision.reasons,
                    })
                    .collect(),
            })
            .collect(),
    }
}

/// An overlay: what an organisation adds to a template.
#[derive(Serialize)]
pub struct OverlayView {
    head: Head,
    owner: String,
    of: String,
    of_href: String,
    /// The last version that it is for: a version, or `later`; none where it is for that one alone.
    up_to: Option<String>,
    /// Later versions that have no place for a part of it.
    unfit: Vec<Unfit>,
    guidance: Vec<(String, String)>,
    fields: Vec<Own>,
    require: Vec<String>,
}

#[derive(Serialize)]
struct Unfit {
    version: String,
    href: String,
    problems: Vec<Line>,
}

#[derive(Serialize)]
struct Own {
    section: String,
    field: FieldView,
}

/// An overlay with the words of its template.
#[must_use]
pub fn overlay(head: Head, owner: String, overlay: &Overlay, template: &Template, rules: &Known) -> OverlayView {
    let label = |id: &String| template.field(id).map_or_else(|| id.clone(), |field| field.label.clone());
    OverlayView {
        head,
        owner,
        of: format!("{}, version {}", template.title, template.edition.version),
        of_href: super::list::address(&template.edition),
        up_to: match &overlay.up_to {
            UpTo::Itself => None,
            UpTo::Version(version) => Some(version.clone()),
            UpTo::Later => Some("later".to_owned()),
        },
        unfit: overlay
            .unfit()
            .map(|fit| Unfit {
                version: fit.edition.version.clone(),
                href: super::list::address(&fit.edition),
                problems: write::lines(fit.problems.clone()),
            })
            .collect(),
        guidance: overlay.guidance.iter().map(|(id, text)| (label(id), text.clone())).collect(),
        fields: overlay
            .fields
            .iter()
            .map(|(section, own)| Own {
                section: template.section(section).map_or_else(|| section.clone(), |section| section.title.clone()),
                field: field(own, template, rules),
            })
            .collect(),
        require: overlay.require.iter().map(label).collect(),
    }
}
