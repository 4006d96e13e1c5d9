//! Every rule, the questions that are skipped, and that a further yes never lowers the outcome.

use super::*;
use crate::dpia::{
    answer::Ternary,
    library::Library,
    template::{Purpose, Template, view::Screened},
};
use jiff::civil::date;
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::LazyLock};

/// The shipped rules and template, read once.
fn shipped() -> (&'static Rules, &'static Template) {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::shipped().unwrap_or_else(|problems| panic!("{problems:#?}")));
    let on = date(2026, 11, 25);
    (LIBRARY.screening_in_force(on).unwrap(), LIBRARY.in_force(Purpose::Dpia, on).unwrap())
}

/// No to everything but what is said.
fn answers(rules: &Rules, yes: &[&str], unsure: &[&str]) -> Screened {
    let answer = |id: &str| match id {
        _ if yes.contains(&id) || id == "personal-data" => Ternary::Yes,
        _ if unsure.contains(&id) => Ternary::Unsure,
        _ => Ternary::No,
    };
    rules.questions.iter().map(|question| (question.id.clone(), answer(&question.id))).collect()
}

fn decided(yes: &[&str], unsure: &[&str]) -> (OutcomeKind, Vec<String>) {
    let (rules, template) = shipped();
    for id in yes.iter().chain(unsure) {
        assert!(rules.question(id).is_some(), "{id}");
    }
    let outcome = outcome(rules, &answers(rules, yes, unsure), Some(template));
    assert!(outcome.open.is_empty());
    (outcome.kind, outcome.reasons.into_iter().map(|reason| reason.rule).collect())
}

#[test]
fn each_rule_holds_and_leads_where_its_source_says() {
    use OutcomeKind::{IgReview, Required};
    let cases: &[(&str, &[&str], OutcomeKind)] = &[
        ("art-35-3-a", &["scoring", "significant"], Required),
        ("art-35-3-a", &["automated", "significant"], Required),
        ("art-35-3-b", &["special-category", "large-scale"], Required),
        ("art-35-3-b", &["offences", "large-scale"], Required),
        ("art-35-3-c", &["monitoring", "public-place", "large-scale"], Required),
        ("ico-innovative-technology", &["new-technology"], IgReview),
        ("ico-innovative-technology", &["new-technology", "large-scale"], Required),
        ("ico-denial-of-service", &["access", "automated"], Required),
        ("ico-denial-of-service", &["access", "special-category"], Required),
        ("ico-large-scale-profiling", &["scoring", "large-scale"], Required),
        ("ico-biometric", &["biometric"], IgReview),
        ("ico-biometric", &["biometric", "vulnerable"], Required),
        ("ico-genetic", &["genetic"], IgReview),
        ("ico-genetic", &["special-category", "genetic"], Required),
        ("ico-matching", &["matching"], Required),
        ("ico-invisible", &["invisible"], IgReview),
        ("ico-invisible", &["invisible", "private-life"], Required),
        ("ico-tracking", &["tracking"], IgReview),
        ("ico-tracking", &["tracking", "monitoring"], Required),
        ("ico-children", &["children", "child-service"], Required),
        ("ico-children", &["vulnerable", "automated"], Required),
        ("ico-physical-harm", &["physical-harm"], Required),
        ("criterion-evaluation", &["scoring"], IgReview),
        ("criterion-automated", &["automated", "significant"], Required),
        ("criterion-monitoring", &["monitoring"], IgReview),
        ("criterion-sensitive", &["special-category"], IgReview),
        ("criterion-sensitive", &["private-life"], IgReview),
        ("criterion-large-scale", &["large-scale"], IgReview),
        ("criterion-matching", &["matching"], Required),
        ("criterion-vulnerable", &["children"], IgReview),
        ("criterion-vulnerable", &["vulnerable"], IgReview),
        ("criterion-vulnerable", &["vulnerable", "private-life"], Required),
        ("criterion-innovative", &["new-technology"], IgReview),
        ("criterion-access", &["access"], IgReview),
        ("major-project", &["concern"], IgReview),
        ("transfer", &["module-transfers"], IgReview),
    ];
    for (rule, yes, kind) in cases {
        let (found, reasons) = decided(yes, &[]);
        assert_eq!(found, *kind, "{rule} with {yes:?}: {reasons:?}");
        assert!(reasons.iter().any(|reason| reason == rule), "{rule} with {yes:?}: {reasons:?}");
    }
    let tested: BTreeSet<&str> = cases.iter().map(|(rule, ..)| *rule).collect();
    let (rules, _) = shipped();
    for rule in &rules.rules {
        assert!(tested.contains(rule.id.as_str()), "the rule {} has no test", rule.id);
    }
}

#[test]
fn none_of_it_is_not_required_and_says_what_was_looked_at() {
    let (rules, template) = shipped();
    let outcome = outcome(rules, &answers(rules, &[], &[]), Some(template));
    assert_eq!((outcome.kind, outcome.reasons.len(), outcome.criteria), (OutcomeKind::NotRequired, 0, 0));
    assert_eq!(outcome.not_met.len(), rules.rules.len());
    assert_eq!((outcome.rules.version.as_str(), outcome.in_force), ("1.0.1", date(2026, 2, 5)));
    assert!(outcome.modules.is_empty());
}

#[test]
fn not_sure_leads_to_a_look_and_never_stops_anyone() {
    let (rules, _) = shipped();
    for question in &rules.questions {
        // A question that is asked only after another needs that one; what leads to a look by itself is taken back below.
        let before: Vec<&str> = match question.id.as_str() {
            "significant" => vec!["scoring"],
            // Automation by itself is no sign of risk; with significant effect it is.
            "automated" => vec!["significant"],
            "public-place" => vec!["monitoring"],
            "child-service" | "module-health" => vec!["children"],
            // The one of its reasons to be asked that is no sign of risk by itself.
            "module-algorithm" => vec!["automated"],
            _ => vec![],
        };
        let mut given = answers(rules, &before, &[]);
        given.insert(question.id.clone(), Ternary::Unsure);
        assert!(asked(rules, &given).contains(&question), "{} is not asked", question.id);
        let outcome = outcome(rules, &given, None);
        assert_eq!(outcome.kind, OutcomeKind::IgReview, "{}: {:?}", question.id, outcome.reasons);
        // Where no rule could say so, the question itself is the reason.
        let named = |reason: &Reason| reason.because.contains(&(question.id.clone(), Ternary::Unsure));
        assert!(rules.reads(&question.id) || outcome.reasons.iter().any(named), "{}: {:?}", question.id, outcome.reasons);
    }
    let all: Vec<&str> = rules.questions.iter().map(|question| question.id.as_str()).collect();
    let everything: Screened = all.iter().map(|id| ((*id).to_owned(), Ternary::Unsure)).collect();
    let unsure = outcome(rules, &everything, None);
    assert_eq!(unsure.kind, OutcomeKind::IgReview);
    assert!(unsure.open.is_empty() && unsure.reasons.iter().all(|reason| reason.unsure));
}

#[test]
fn one_question_at_a_time_and_none_that_does_not_apply() {
    let (rules, _) = shipped();
    let mut given = Screened::new();
    assert_eq!(next(rules, &given).unwrap().id, "personal-data");
    given.insert("personal-data".into(), Ternary::No);
    assert_eq!(next(rules, &given), None);
    assert_eq!(outcome(rules, &given, None).kind, OutcomeKind::NotRequired);
    given.insert("personal-data".into(), Ternary::Yes);
    let ids = |given: &Screened| asked(rules, given).into_iter().map(|question| question.id.as_str()).collect::<Vec<_>>();
    assert!(!ids(&given).contains(&"public-place") && !ids(&given).contains(&"child-service"));
    // Genes are asked about by themselves: whoever says 'no' to other sensitive information is asked too.
    assert!(ids(&given).contains(&"genetic"));
    given.insert("monitoring".into(), Ternary::Unsure);
    assert!(ids(&given).contains(&"public-place"));
    // What was answered while a question was asked does not count once it is not.
    for (question, answer) in [("public-place", Ternary::Yes), ("large-scale", Ternary::Yes), ("monitoring", Ternary::No)] {
        given.insert(question.into(), answer);
    }
    let outcome = outcome(rules, &given, None);
    assert!(!outcome.reasons.iter().any(|reason| reason.rule == "art-35-3-c"));
    assert!(outcome.open.contains(&"special-category".to_owned()));
    // Short enough for ten minutes: nobody is asked more than 25 questions, and a plain project no more than 20.
    assert!(rules.questions.len() <= 25);
    assert!(asked(rules, &answers(rules, &[], &[])).len() <= 20);
}

#[test]
fn modules_follow_from_answers() {
    let (rules, template) = shipped();
    for (yes, module) in [
        (&["children", "module-health"][..], "health"),
        (&["monitoring"][..], "surveillance"),
        (&["children"][..], "children"),
        (&["new-technology", "module-algorithm"][..], "algorithm"),
        (&["module-transfers"][..], "transfers"),
    ] {
        let outcome = outcome(rules, &answers(rules, yes, &[]), Some(template));
        assert!(outcome.modules.iter().any(|wanted| wanted == module), "{module}: {:?}", outcome.modules);
    }
}

#[test]
fn reasons_name_their_answers_and_those_that_decide_come_first() {
    let (rules, _) = shipped();
    let outcome = outcome(rules, &answers(rules, &["new-technology", "matching"], &["offences"]), None);
    assert_eq!(outcome.reasons[0].effect, Effect::Required);
    let matching = outcome.reasons.iter().find(|reason| reason.rule == "ico-matching").unwrap();
    assert_eq!(matching.because, [("matching".to_owned(), Ternary::Yes)]);
    assert!(!matching.unsure && matching.sources[0].id == "ico-list");
    let sensitive = outcome.reasons.iter().find(|reason| reason.rule == "criterion-sensitive").unwrap();
    assert!(sensitive.unsure);
    assert_eq!(sensitive.effect, Effect::Review);
    let together = outcome.reasons.iter().find(|reason| reason.rule == "criterion-innovative").unwrap();
    assert_eq!(together.effect, Effect::RequiredTogether);
}

#[test]
fn a_screening_done_again_says_what_is_different() {
    let (rules, template) = shipped();
    let of = |yes: &[&str]| outcome(rules, &answers(rules, yes, &[]), Some(template));
    let (before, after) = (of(&["concern"]), of(&["concern", "children", "child-service"]));
    assert_eq!(Redone::of(Some(&before), &before), None);
    let redone = Redone::of(Some(&before), &after).unwrap();
    assert_eq!((redone.before, redone.after), (Some(OutcomeKind::IgReview), OutcomeKind::Required));
    assert_eq!(redone.added, ["criterion-vulnerable", "ico-children"]);
    assert_eq!((redone.gone.len(), redone.modules.as_slice()), (0, &["children".to_owned()][..]));
    let mut newer = before.clone();
    newer.rules.version = "1.1.0".into();
    assert!(Redone::of(Some(&before), &newer).unwrap().other_rules);
    let first = Redone::of(None, &after).unwrap();
    assert_eq!((first.before, first.added.len(), first.other_rules), (None, after.reasons.len(), false));
}

#[test]
fn what_is_wrong_with_rules_is_said() {
    let text = crate::dpia::library::SHIPPED[1].1;
    let cases = [
        ("    when: {screening: concern, is: yes}", "    when: {screening: concern, is: \"no\"}", "further yes never lowers"),
        ("    when: {screening: concern, is: yes}", "    when: {not: {screening: concern, is: yes}}", "without 'not'"),
        ("    when: {screening: concern, is: yes}", "    when: {screening: worry, is: yes}", "'worry' is not a question"),
        ("    when: {screening: concern, is: yes}", "    when: {screening: matching, is: yes}", "No rule reads this question"),
        (
            "    when: {screening: monitoring, is: yes}\n    counts:",
            "    when: {screening: concern, is: yes}\n    counts:",
            "is not an earlier question",
        ),
        ("apart-from: [criterion-innovative]", "apart-from: [ico-tracking]", "There is no criterion 'ico-tracking'"),
        ("  - id: offences\n", "  - id: special-category\n", "There is another question"),
        ("  - id: ico-genetic\n", "  - id: ico-biometric\n", "There is another rule"),
        ("criteria: {review: 1, required: 2}", "criteria: {review: 3, required: 2}", "Fewer criteria"),
        (
            "does: review\n    sources: [{id: uk-gdpr, at: Chapter V}]",
            "does: warn\n    sources: [{id: uk-gdpr, at: Chapter V}]",
            "'warn' is none of the words",
        ),
    ];
    for (from, to, said) in cases {
        assert!(text.contains(from), "{from}");
        let problems = Rules::read("screening.yaml", &text.replacen(from, to, 1)).unwrap_err();
        assert!(problems.iter().any(|problem| problem.what.contains(said) && problem.line.is_some()), "{to}: {problems:#?}");
    }
}

fn rank(answer: Ternary) -> u8 {
    match answer {
        Ternary::No => 0,
        Ternary::Unsure => 1,
        Ternary::Yes => 2,
    }
}

proptest! {
    /// Whoever says more often 'I am not sure' or 'yes' is never asked for less, and never loses a module. (Where no rule reads the
    /// question, 'I am not sure' asks for help with it; to be sure then is to need none.)
    #[test]
    fn a_further_yes_never_lowers_the_outcome(given in prop::collection::vec(0_u8..3, 25), at in 0_usize..25, to in 0_u8..3) {
        let (rules, template) = shipped();
        let of = |ranks: &[u8]| -> Screened {
            rules.questions.iter().zip(ranks).map(|(question, rank)| {
                (question.id.clone(), [Ternary::No, Ternary::Unsure, Ternary::Yes][usize::from(*rank)])
            }).collect()
        };
        let before = of(&given);
        let mut raised = given.clone();
        let sure_now = at < rules.questions.len() && given[at] == 1 && !rules.reads(&rules.questions[at].id);
        if at < rules.questions.len() && !sure_now {
            raised[at] = raised[at].max(to);
        }
        let after = of(&raised);
        prop_assert!(before.iter().all(|(question, answer)| rank(*answer) <= rank(after[question])));
        let (low, high) = (outcome(rules, &before, Some(template)), outcome(rules, &after, Some(template)));
        prop_assert!(low.kind <= high.kind, "{:?} then {:?}", low.kind, high.kind);
        prop_assert!(low.criteria <= high.criteria);
        prop_assert!(low.modules.iter().all(|module| high.modules.contains(module)));
        prop_assert!(asked(rules, &before).iter().all(|question| asked(rules, &after).contains(question)));
    }
}
