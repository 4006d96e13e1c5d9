//! Two people change one risk, or one measure, at once: what one of them changed alone fits, texts merge as answers do, and what
//! both changed in ways that do not fit is a clash, with all three versions.

use super::{Measure, Risk};
use crate::dpia::{answer::Answer, merge};

/// A property that both changed, and that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// The line.
    Title,
    /// The text.
    Description,
    /// The rating before measures.
    Before,
    /// The rating after measures.
    After,
    /// Which risks a measure acts on.
    Risks,
    /// What it does to them.
    Effect,
    /// Who sees to it.
    Owner,
    /// By when.
    Due,
    /// How far it is.
    Progress,
    /// What shows it.
    Evidence,
}

/// What comes of two people's changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met<T> {
    /// Everything that fits. Of what clashes: of a text, both passages one after the other; of anything else, what was sent.
    pub merged: T,
    /// What a person must settle, in the order of a form.
    pub clashes: Vec<Property>,
}

/// Merges what was sent of a risk with what stands, over what it was when the writer began.
#[must_use]
pub fn risks(base: &Risk, stands: &Risk, sent: &Risk) -> Met<Risk> {
    let mut clashes = Vec::new();
    let title = one(Property::Title, &base.title, &stands.title, &sent.title, &mut clashes);
    let description = text(Property::Description, &base.description, &stands.description, &sent.description, &mut clashes);
    let inherent = one(Property::Before, &base.inherent, &stands.inherent, &sent.inherent, &mut clashes);
    let residual = one(Property::After, &base.residual, &stands.residual, &sent.residual, &mut clashes);
    Met { merged: Risk { title, description, inherent, residual, ..stands.clone() }, clashes }
}

/// Merges what was sent of a measure with what stands, over what it was when the writer began.
#[must_use]
pub fn measures(base: &Measure, stands: &Measure, sent: &Measure) -> Met<Measure> {
    let mut clashes = Vec::new();
    let title = one(Property::Title, &base.title, &stands.title, &sent.title, &mut clashes);
    let description = text(Property::Description, &base.description, &stands.description, &sent.description, &mut clashes);
    let risks = one(Property::Risks, &base.risks, &stands.risks, &sent.risks, &mut clashes);
    let effect = one(Property::Effect, &base.effect, &stands.effect, &sent.effect, &mut clashes);
    // Who sees to it is one thing with whose they are; how far it is, with the day it was done.
    let whose = |measure: &Measure| (measure.owner.clone(), measure.organisation);
    let (owner, organisation) = one(Property::Owner, &whose(base), &whose(stands), &whose(sent), &mut clashes);
    let due = one(Property::Due, &base.due, &stands.due, &sent.due, &mut clashes);
    let far = |measure: &Measure| (measure.progress, measure.done_on);
    let (progress, done_on) = one(Property::Progress, &far(base), &far(stands), &far(sent), &mut clashes);
    let evidence = text(Property::Evidence, &base.evidence, &stands.evidence, &sent.evidence, &mut clashes);
    let merged =
        Measure { title, description, risks, effect, owner, organisation, due, progress, done_on, evidence, ..stands.clone() };
    Met { merged, clashes }
}

fn one<T: Clone + PartialEq>(property: Property, base: &T, stands: &T, sent: &T, clashes: &mut Vec<Property>) -> T {
    if sent == base || sent == stands {
        return stands.clone();
    }
    if stands != base {
        clashes.push(property);
    }
    sent.clone()
}

fn text(property: Property, base: &str, stands: &str, sent: &str, clashes: &mut Vec<Property>) -> String {
    let answer = |text: &str| (!text.is_empty()).then(|| Answer::Text(text.to_owned()));
    let merged = merge::merge(answer(base).as_ref(), answer(stands).as_ref(), answer(sent).as_ref());
    if !merged.is_clean() {
        clashes.push(property);
    }
    match merged.answer {
        Some(Answer::Text(text)) => text,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        answer::PersonRef,
        ids::{MeasureId, RiskId},
        place::Part,
        risk::{Assessed, Progress, Rating, Source},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    fn rated(likelihood: &str) -> Assessed {
        let rating = Rating { likelihood: likelihood.to_owned(), severity: "minimal".to_owned() };
        Assessed { rating: Some(rating), overridden: None }
    }

    fn risk() -> Risk {
        Risk {
            id: RiskId(Uuid::nil()),
            part: Part::Shared,
            title: "A fall is not seen".to_owned(),
            description: "The battery is empty. Nobody comes.".to_owned(),
            source: Source::Own,
            inherent: rated("likely"),
            residual: Assessed::default(),
        }
    }

    #[test]
    fn what_each_changed_alone_fits_and_texts_merge_like_answers() {
        let base = risk();
        let stands = Risk { title: "A fall stays unseen".to_owned(), ..base.clone() };
        let sent = Risk { inherent: rated("remote"), residual: rated("remote"), ..base.clone() };
        let met = risks(&base, &stands, &sent);
        assert!(met.clashes.is_empty());
        assert_eq!((met.merged.title.as_str(), &met.merged.inherent), ("A fall stays unseen", &rated("remote")));
        let stands = Risk { description: "The battery is flat. Nobody comes.".to_owned(), ..base.clone() };
        let sent = Risk { description: "The battery is empty. Nobody comes for hours.".to_owned(), ..base.clone() };
        let met = risks(&base, &stands, &sent);
        assert!(met.clashes.is_empty());
        assert_eq!(met.merged.description, "The battery is flat. Nobody comes for hours.");
    }

    #[test]
    fn what_both_changed_clashes_and_no_text_is_lost() {
        let base = risk();
        let stands = Risk {
            title: "Theirs".to_owned(),
            description: "The gateway is down. Nobody comes.".to_owned(),
            inherent: rated("possible"),
            ..base.clone()
        };
        let sent = Risk {
            title: "Mine".to_owned(),
            description: "The sensor is broken. Nobody comes.".to_owned(),
            inherent: rated("remote"),
            ..base.clone()
        };
        let met = risks(&base, &stands, &sent);
        assert_eq!(met.clashes, [Property::Title, Property::Description, Property::Before]);
        assert_eq!(met.merged.title, "Mine");
        assert!(
            met.merged.description.contains("The gateway is down.") && met.merged.description.contains("The sensor is broken.")
        );
    }

    fn measure(title: &str, due: Option<i8>, owner: &str, progress: Progress) -> Measure {
        Measure {
            id: MeasureId(Uuid::nil()),
            risks: vec![],
            title: title.to_owned(),
            description: String::new(),
            effect: None,
            owner: PersonRef { name: owner.to_owned(), ..PersonRef::default() },
            organisation: None,
            due: due.map(|day| jiff::civil::date(2027, 1, day)),
            progress,
            done_on: None,
            evidence: String::new(),
        }
    }

    fn any_measure() -> impl Strategy<Value = Measure> {
        let progress = prop::sample::select(Progress::ALL.to_vec());
        ("[ab]", prop::option::of(1i8..4), "[xy]?", progress)
            .prop_map(|(title, due, owner, progress)| measure(&title, due, &owner, progress))
    }

    proptest! {
        #[test]
        fn every_property_is_ones_or_the_others_and_only_what_both_changed_clashes(base in any_measure(), stands in any_measure(), sent in any_measure()) {
            let met = measures(&base, &stands, &sent);
            type Says<'w> = &'w dyn Fn(&Measure) -> String;
            let properties: [(Property, Says<'_>); 4] = [
                (Property::Title, &|one| one.title.clone()),
                (Property::Owner, &|one| one.owner.name.clone()),
                (Property::Due, &|one| format!("{:?}", one.due)),
                (Property::Progress, &|one| one.progress.as_str().to_owned()),
            ];
            for (property, of) in properties {
                let (was, stands, sent, merged) = (of(&base), of(&stands), of(&sent), of(&met.merged));
                let both = stands != was && sent != was && stands != sent;
                prop_assert_eq!(met.clashes.contains(&property), both);
                let expected = if sent == was { &stands } else { &sent };
                prop_assert_eq!(&merged, expected);
            }
            // Sending what stands changes nothing, and sending what one began with takes nothing back.
            prop_assert_eq!(measures(&base, &stands, &stands).merged, stands.clone());
            prop_assert_eq!(measures(&base, &stands, &base).merged, stands.clone());
        }
    }
}
