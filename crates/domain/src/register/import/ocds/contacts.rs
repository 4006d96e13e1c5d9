//! Notices name the person to ask, with address and telephone number. Contact persons of imported files are not kept (design
//! §2.5), so they are taken out of a release before anything is made of it: its digest, what is stored, what the log says.

use serde_json::Value as Json;

/// Fields of OCDS and its extensions that hold people: whom to ask, wherever it stands, and who owns or runs a company.
const PEOPLE: [&str; 5] = ["contactPoint", "contactPoints", "additionalContactPoints", "persons", "beneficialOwners"];

/// Takes the people out of a release, at any depth; says whether there were any.
pub fn without_contacts(release: &mut Json) -> bool {
    match release {
        Json::Object(fields) => {
            let before = fields.len();
            fields.retain(|name, _| !PEOPLE.iter().any(|people| name.eq_ignore_ascii_case(people)));
            let mut any = fields.len() < before;
            for value in fields.values_mut() {
                any |= without_contacts(value);
            }
            any
        }
        Json::Array(list) => {
            let mut any = false;
            for value in list {
                any |= without_contacts(value);
            }
            any
        }
        _ => false,
    }
}

/// The same for a page of notices as it was fetched: one JSON value, or one a line. What is no JSON stays as it is; the import
/// refuses it and it is forgotten.
#[must_use]
pub fn page_without_contacts(page: Vec<u8>) -> Vec<u8> {
    if !PEOPLE.iter().any(|people| holds(&page, people.as_bytes())) {
        return page;
    }
    let cleared = |text: &[u8]| {
        let mut value: Json = serde_json::from_slice(text).ok()?;
        without_contacts(&mut value);
        serde_json::to_vec(&value).ok()
    };
    if let Some(whole) = cleared(&page) {
        return whole;
    }
    let lines = page.split(|byte| *byte == b'\n').map(|line| cleared(line).unwrap_or_else(|| line.to_vec()));
    lines.collect::<Vec<_>>().join(&b'\n')
}

fn holds(text: &[u8], name: &[u8]) -> bool {
    text.windows(name.len()).any(|part| part.eq_ignore_ascii_case(name))
}

/// The digest of a release that tells it from others: the same release twice is kept once.
#[must_use]
pub fn release_digest(release: &Json) -> String {
    crate::audit::hex(&crate::audit::content_hash(&[], &release.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_are_taken_out_wherever_they_stand_and_nothing_else_is() {
        let person = json!({"name": "Ann Example", "email": "ann@example.org", "telephone": "020 7946 0000"});
        let mut release = json!({
            "ocid": "ocds-b5fd17-1",
            "parties": [{"id": "1", "name": "Camden", "contactPoint": person, "address": {"locality": "London"}}],
            "buyer": {"name": "Camden", "contactPoint": person},
            "tender": {"procuringEntity": {"contactPoint": person}, "tenderers": [{"additionalContactPoints": [person]}],
                "amount": 1.0},
            "awards": [{"suppliers": [{"ContactPoint": person, "name": "Acme Ltd", "beneficialOwners": [person]}]}],
        });
        let wanted = json!({
            "ocid": "ocds-b5fd17-1",
            "parties": [{"id": "1", "name": "Camden", "address": {"locality": "London"}}],
            "buyer": {"name": "Camden"},
            "tender": {"procuringEntity": {}, "tenderers": [{}], "amount": 1.0},
            "awards": [{"suppliers": [{"name": "Acme Ltd"}]}],
        });
        let digest = release_digest(&release);
        assert!(without_contacts(&mut release));
        assert_eq!(release, wanted);
        assert_ne!(release_digest(&release), digest);
        assert!(!without_contacts(&mut release), "there are none any more");
    }

    #[test]
    fn pages_of_one_value_and_of_lines_lose_their_people_and_others_stay_as_they_are() {
        let cleared = |text: &str| String::from_utf8(page_without_contacts(text.as_bytes().to_vec())).unwrap();
        assert_eq!(
            cleared(r#"{"releases": [{"buyer": {"contactPoint": {"name": "Ann"}}, "n": 12}]}"#),
            r#"{"releases":[{"buyer":{},"n":12}]}"#
        );
        assert_eq!(cleared("{\"a\":1,\"contactPoint\":{}}\n{\"b\":2}\n"), "{\"a\":1}\n{\"b\":2}\n");
        for same in ["not JSON, contactPoint", "{ \"a\" :  1 }", ""] {
            assert_eq!(cleared(same), same);
        }
    }
}
