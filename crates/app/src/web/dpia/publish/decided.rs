//! What is decided about each answer of a publication, section by section: how many answers the public sees, and which words it does
//! not, with the reason that it reads instead.

use super::{
    super::{projects::Body, whole},
    shown::{self, ExemptionWords, Section},
};
use domain::{
    dpia::{
        place::{Part, Place},
        publication::{self, Publication, Show, Where},
        template::{Template, field::Sensitivity},
        version::Version,
    },
    register::snapshot::Snapshot,
};
use serde::Serialize;

/// A section with what is decided about its answers.
#[derive(Serialize)]
pub struct Group {
    /// Its place among the groups, for addresses within the page.
    anchor: String,
    title: String,
    annex: Option<Body>,
    /// Answers that the public sees, whole or in part.
    shown: usize,
    /// Answers of which words are taken out, or all of them.
    taken: usize,
    /// Answers that are left out altogether.
    left_out: usize,
    fields: Vec<Decided>,
    /// The section as the public sees it.
    preview: Vec<Section>,
    /// Whether it is the caller's to decide.
    pub(super) decides: bool,
    /// Its annex does not go out.
    kept_back: bool,
    #[serde(skip)]
    at: (Part, String),
}

impl Group {
    /// The part whose answers these are.
    #[must_use]
    pub fn part(&self) -> Part {
        self.at.0
    }
}

#[derive(Serialize)]
struct Decided {
    href: String,
    label: String,
    sensitivity: &'static str,
    show: &'static str,
    passages: usize,
    gone: Vec<Gone>,
    /// Words that were taken out do not stand in the answer any more, so that none of it is shown until it is decided again.
    reworded: bool,
}

/// Words that the public does not see.
#[derive(Serialize)]
struct Gone {
    /// The words; none where it is the whole answer.
    words: Option<String>,
    exemption: ExemptionWords,
    reason: String,
}

/// The sections of a version in which something is answered, with what is decided about each answer.
#[must_use]
pub fn groups(snapshot: &Snapshot, href: &str, template: &Template, publication: &Publication, version: &Version) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, rule) in shown::order(template, publication, version) {
        let (Some((section, field)), Some(answer)) = (template.find(&place.field), version.content.answers.get(&place)) else {
            continue;
        };
        if answer.is_empty() {
            continue;
        }
        let show = publication.show(&place, &rule, answer);
        let gone = match &show {
            Show::Without { passages } => passages
                .iter()
                .map(|one| Gone {
                    words: Some(one.words.clone()),
                    exemption: shown::exemption(one.exemption),
                    reason: one.reason.clone(),
                })
                .collect(),
            Show::Removed { exemption, reason } | Show::Unnamed { exemption, reason } => {
                vec![Gone { words: None, exemption: shown::exemption(*exemption), reason: reason.clone() }]
            }
            Show::Whole | Show::LeftOut => Vec::new(),
        };
        // What is confidential is never shown, whatever was decided.
        let goes_out = publication.includes(place.part);
        let left_out =
            matches!(show, Show::LeftOut | Show::Unnamed { .. }) || rule.sensitivity == Sensitivity::Confidential || !goes_out;
        let decided = Decided {
            href: format!("{href}/publish/{}/{}", place.part, place.field),
            label: field.label.clone(),
            sensitivity: match rule.sensitivity {
                Sensitivity::Public => "public",
                Sensitivity::Internal => "internal",
                Sensitivity::Confidential => "confidential",
            },
            passages: gone.iter().filter(|one| one.words.is_some()).count(),
            show: match show {
                Show::Whole => "whole",
                Show::Without { .. } => "without",
                Show::Removed { .. } => "removed",
                Show::LeftOut => "left-out",
                Show::Unnamed { .. } => "unnamed",
            },
            gone,
            reworded: publication.reworded(&place, &rule, answer),
        };
        let at = (place.part, section.id.clone());
        if groups.last().is_none_or(|group| group.at != at) {
            groups.push(Group {
                anchor: format!("section-{}", groups.len() + 1),
                title: section.title.clone(),
                annex: whole::part(snapshot, place.part),
                shown: 0,
                taken: 0,
                left_out: 0,
                fields: Vec::new(),
                preview: Vec::new(),
                decides: false,
                kept_back: !goes_out,
                at,
            });
        }
        if let Some(group) = groups.last_mut() {
            group.shown += usize::from(!left_out);
            group.taken += usize::from(!left_out && !decided.gone.is_empty());
            group.left_out += usize::from(left_out);
            group.fields.push(decided);
        }
    }
    groups
}

/// Puts each section of a preview beside what is decided about it.
pub fn beside(groups: &mut [Group], preview: Vec<Section>) {
    for section in preview {
        if let Some(group) = groups.iter_mut().find(|group| group.at == section.at) {
            group.preview.push(section);
        }
    }
}

/// Words that were taken out of an answer and still stand elsewhere, for whoever prepares it.
#[derive(Serialize)]
pub struct Standing {
    words: String,
    /// The question out of whose answer they were taken.
    of: String,
    at: Vec<String>,
}

/// Where words that were taken out still stand, in words.
#[must_use]
pub fn standing(snapshot: &Snapshot, template: &Template, found: &[publication::Standing]) -> Vec<Standing> {
    let question = |place: &Place| {
        let label = template.field(&place.field).map_or(place.field.as_str(), |field| field.label.as_str());
        match whole::part(snapshot, place.part) {
            Some(organisation) => format!("‘{label}’ (annex of {})", organisation.name),
            None => format!("‘{label}’"),
        }
    };
    let place = |at: &Where| match at {
        Where::Title => "the title".to_owned(),
        Where::Summary => "the summary".to_owned(),
        Where::Answer(place) => question(place),
        Where::Reason => "a reason for which a question is left out".to_owned(),
    };
    found
        .iter()
        .map(|one| Standing { words: one.words.clone(), of: question(&one.of), at: one.at.iter().map(place).collect() })
        .collect()
}
