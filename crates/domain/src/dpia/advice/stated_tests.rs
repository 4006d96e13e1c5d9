//! What a file states became of advice, beside what became of it here.

use super::{
    tests::{member, recommendation},
    *,
};
use crate::dpia::assessment::tests::{assessment, organisation};

#[test]
fn what_a_file_states_became_of_it_stays_told_after_it_is_answered_here() {
    let (owner, head) = (member(2, &[(1, &[Role::InformationAssetOwner], &[])]), assessment());
    let open = Recommendation { organisation: organisation(1), ..recommendation() };
    let here = answer(&open, &owner, Decision::Accepted, "Three months.", 2, &head).unwrap();
    assert_eq!(here.answer_stated, None, "no file came in");
    let states = here.answer.clone().map(|answer| Answered { stated: true, ..answer });
    let came = Recommendation { answer: states.clone(), stated: true, ..open };
    let anew = answer(&came, &owner, Decision::Accepted, "Four months.", 3, &head).unwrap();
    assert_eq!(
        (anew.answer.as_ref().map(|answer| answer.reasons.as_str()), &anew.answer_stated),
        (Some("Four months."), &states)
    );
    // Opened again and answered once more: what the file states is the same.
    let opened = reopen(&anew, &owner, &head).unwrap();
    assert_eq!((&opened.answer, &opened.answer_stated), (&None, &states));
    let again = answer(&opened, &owner, Decision::Accepted, "Five.", 4, &head).unwrap();
    assert_eq!(again.answer_stated, states);
}
