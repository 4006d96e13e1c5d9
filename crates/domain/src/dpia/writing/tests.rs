//! What is refused among the files that are known, and how new versions begin.

use super::*;
use crate::dpia::{library::SHIPPED, sign_off::route};
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 23);

fn all() -> Owner {
    Owner { organisation: None, slug: String::new() }
}

fn camden() -> Owner {
    Owner { organisation: Some(OrganisationId(Uuid::from_u128(1))), slug: "camden".to_owned() }
}

fn problems(owner: &Owner, text: &str) -> String {
    match check(&Known::shipped(), &[], owner, None, text) {
        Ok(sound) => format!("sound: {}", sound.edition),
        Err(problems) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
    }
}

fn edition(urn: &str) -> Edition {
    Edition { urn: urn.to_owned(), version: "1.0.0".to_owned() }
}

#[test]
fn a_new_version_of_each_kind_begins_sound() {
    for (at, kind, urn) in [
        (0, Kind::Options, "urn:citytools:options:uk-data-protection"),
        (1, Kind::Screening, "urn:citytools:screening:uk-gdpr"),
        (2, Kind::Template, "urn:citytools:dpia:uk-gdpr"),
        (3, Kind::Template, "urn:citytools:review:data-protection"),
    ] {
        let text = next_version(SHIPPED[at].1, &edition(urn), kind, &all(), true, TODAY);
        assert_eq!(problems(&all(), &text), format!("sound: {urn}@1.1.0"));
        assert_eq!(
            unsaid(&text).len(),
            usize::from(kind == Kind::Template),
            "what is different is to be said before it is published"
        );
    }
    let of = edition("urn:citytools:sign-off:shipped");
    let text = next_version(route::SHIPPED, &of, Kind::SignOff, &camden(), false, TODAY);
    assert_eq!(problems(&camden(), &text), "sound: urn:citytools:sign-off:shipped:camden@1.0.0");
    let known = Known::shipped();
    let text = new_overlay(known.template(&edition("urn:citytools:dpia:uk-gdpr")).unwrap(), &camden(), "Camden", TODAY);
    assert_eq!(problems(&camden(), &text), "sound: urn:camden:overlay:uk-gdpr@1.0.0");
    assert_eq!(unsaid(&text).len(), 1, "the guidance is an example");
}

#[test]
fn what_would_break_others_is_refused_with_its_line() {
    let review =
        next_version(SHIPPED[3].1, &edition("urn:citytools:review:data-protection"), Kind::Template, &all(), true, TODAY);
    let said = |from: &str, to: &str| {
        assert!(review.contains(from), "{from}");
        problems(&all(), &review.replacen(from, to, 1))
    };
    assert!(said("version: 1.1.0", "version: 1.0.0").contains("There is another file"));
    assert!(said("version: 1.1.0", "version: 0.9.0").contains("does not come after"));
    assert!(said("in-force: 2026-11-23", "in-force: 2026-01-01").contains("would come before"));
    assert!(said("{id: remote, label: Remote}", "{id: rare, label: Rare}").contains("'remote' is gone"));
    let lost = said("replaces: 1.0.0\n", "");
    assert!(lost.contains("replaces") || lost.contains("The map is not from"), "{lost}");
    assert!(said("title: Data", "title: 3\nunheard-of: Data").contains("this file:"), "with a line");
    assert!(problems(&camden(), &review).contains("Write an overlay"));
    assert!(problems(&all(), "kind: overlay\n").contains("belongs to one organisation"));
    assert!(problems(&all(), "a: [").contains("cannot be read as YAML"));
    let screening = next_version(SHIPPED[1].1, &edition("urn:citytools:screening:uk-gdpr"), Kind::Screening, &all(), true, TODAY);
    let gone =
        problems(&all(), &screening.replace("id: invisible", "id: unseen").replace("screening: invisible", "screening: unseen"));
    assert!(gone.contains("'invisible', which is not asked any more"), "{gone}");
}

#[test]
fn an_overlay_is_its_own_organisations_and_keeps_its_fields() {
    let known = Known::shipped();
    let template = known.template(&edition("urn:citytools:dpia:uk-gdpr")).unwrap();
    let first = new_overlay(template, &camden(), "Camden", TODAY)
        + "fields:\n  - section: our-part\n    field: {id: local-camden-board, label: Which board agreed?, kind: text}\n";
    let hackney = Owner { organisation: Some(OrganisationId(Uuid::from_u128(2))), slug: "hackney".to_owned() };
    assert!(problems(&hackney, &first).contains("not the organisation for which you write"));
    let stored = Stored {
        id: Uuid::now_v7(),
        kind: "overlay".to_owned(),
        edition: edition("urn:camden:overlay:uk-gdpr"),
        title: String::new(),
        in_force: TODAY,
        organisation: camden().organisation,
        text: first.clone(),
        published: true,
        by: None,
        updated_at: 0,
    };
    let (known, _) = Known::of(std::slice::from_ref(&stored));
    let files = [stored];
    let ask = |owner: &Owner, text: &str| check(&known, &files, owner, None, text).map(|_| ());
    let second = next_version(&first, &edition("urn:camden:overlay:uk-gdpr"), Kind::Overlay, &camden(), true, TODAY);
    assert_eq!(ask(&camden(), &second), Ok(()));
    let without = second.split("fields:").next().unwrap();
    assert!(ask(&camden(), without).unwrap_err()[0].what.contains("'local-camden-board' of version 1.0.0 is gone"));
    assert!(ask(&hackney, &second).unwrap_err()[0].what.contains("another's file"));
}

#[test]
fn a_text_that_is_not_sound_can_still_be_kept() {
    let broken = SHIPPED[3].1.replace("purpose: review", "purpose: novel");
    assert_eq!(said(&broken).unwrap().edition.urn, "urn:citytools:review:data-protection");
    assert!(said("kind: template\ntitle: x\n").unwrap_err().what.contains("no 'urn'"));
}

#[test]
fn of_what_ships_only_what_is_not_there_word_for_word_is_read() {
    let all = shipped_but(|_| false);
    assert_eq!(all.len(), crate::dpia::library::SHIPPED.len() + 1, "and the route of sign-off");
    assert!(shipped_but(|text| all.iter().any(|file| file.text == text)).is_empty());
    let missing = shipped_but(|text| text != all[0].text);
    assert_eq!(missing.iter().map(|file| &file.edition).collect::<Vec<_>>(), [&all[0].edition]);
}
