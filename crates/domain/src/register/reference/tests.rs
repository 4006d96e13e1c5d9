use super::*;
use crate::register::{names, records::OrganisationKind};
use std::collections::HashSet;

fn shipped() -> Reference {
    Reference::shipped().expect("the shipped files in data/ must be readable")
}

#[test]
fn the_shipped_files_hold_london() {
    let reference = shipped();
    let councils = reference.organisations.iter().filter(|o| o.kind == OrganisationKind::Council).count();
    assert_eq!((councils, reference.organisations.len()), (33, 35));
    let camden = reference.organisations.iter().find(|o| o.slug == "camden").expect("Camden is a London borough");
    assert_eq!(camden.gss_code.as_deref(), Some("E09000007"));
    assert_eq!(camden.register_code.as_deref(), Some("CMD"));
    assert!(reference.functions.len() >= 120 && reference.service_areas.len() >= 20);
    assert!(reference.functions.iter().all(|function| function.service_area.is_some()));
}

#[test]
fn names_and_aliases_never_point_at_two_organisations() {
    let mut seen = std::collections::HashMap::new();
    for organisation in &shipped().organisations {
        for name in [&organisation.name, &organisation.formal_name].into_iter().chain(&organisation.aliases) {
            if let Some(other) = seen.insert(names::organisation(name), organisation.slug.clone()) {
                assert_eq!(other, organisation.slug, "{name}");
            }
        }
    }
}

#[test]
fn ids_are_the_same_in_every_database() {
    let (one, two) = (shipped(), shipped());
    assert_eq!(one.organisations, two.organisations);
    assert_eq!(stable_id("organisation", "camden").to_string(), "057a2efd-a890-8747-bd1e-702bda69e7a3");
    let ids: HashSet<_> = one.functions.iter().map(|function| function.id).collect();
    assert_eq!(ids.len(), one.functions.len());
}

#[test]
fn lead_times_fall_back_step_by_step() {
    let times = LeadTimes::shipped();
    let months = |route, core| times.for_route(route, core).period.months;
    assert_eq!(
        (months(Some("call-off"), false), months(Some("competition"), false), months(Some("call-off"), true)),
        (6, 12, 18)
    );
    assert_eq!((months(None, true), months(None, false), months(Some("unheard-of"), false)), (18, 12, 12));
    assert!(times.for_route(None, false).source.contains("illustrative"));
    assert_eq!(LeadTimes::default().for_route(None, false).period.months, 12);
    // They are asked for with every contract: reading the files each time made a page of thousands wait.
    assert!(std::ptr::eq(times, LeadTimes::shipped()));
}

#[test]
fn suppliers_carry_their_names_numbers_and_owners() {
    let reference = shipped();
    let find = |name: &str| reference.suppliers.iter().find(|supplier| supplier.name == name).expect(name);
    let civica = find("Civica UK Limited");
    assert_eq!(civica.identifiers[0].id, "01628868");
    assert!(civica.names.iter().any(|name| name.name == "Civica UK Litd" && names::may_match_on(name)));
    assert!(
        civica.names.iter().any(|name| name.name == "Civica Xpress" && !names::may_match_on(name)),
        "brands are not matched on"
    );
    assert!(civica.names.iter().any(|name| name.name == "Civica Election Services" && !names::may_match_on(name)), "unverified");
    let capita = find("Capita One");
    assert_eq!(capita.owners[0].name, "Orchard Information Systems");
    assert_eq!(capita.owners[0].supplier, Some(find("Orchard Information Systems").id));
    assert_ne!(find("NEC Software Solutions UK Limited").id, find("Northgate Public Services Limited").id);
}

#[test]
fn a_bad_cell_is_named_with_its_line() {
    let error = LeadTimes::parse("route,complexity,months,is_default,source,note\nany,standard,many,true,x,\n").unwrap_err();
    assert!(error.to_string().contains("line 2") && error.to_string().contains("months"), "{error}");
    let error = LeadTimes::parse("route,complexity\n").unwrap_err();
    assert!(error.to_string().contains("no column 'months'"), "{error}");
}
