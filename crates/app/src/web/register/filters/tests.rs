//! What the filter panel shows and where its links lead.

use super::*;

const AREA: Spec = Spec::open("service_area", "Service area", "service areas", 2);
const ENDS: Spec = Spec::closed("ends", "Last possible end", &[("6", "In the next 6 months"), ("past-end", "Past its end")]);

fn areas() -> Vec<Count> {
    ["housing", "finance", "people"]
        .iter()
        .zip([9, 5, 1])
        .map(|(value, count)| Count { value: (*value).to_owned(), label: value.to_uppercase(), count })
        .collect()
}

fn panel(query: &str) -> Panel {
    let params = Params::parse(query).unwrap();
    let mut builder = Builder::new(&params, "/contracts");
    builder.facet(&ENDS, &[]);
    builder.facet(&AREA, &areas());
    builder.finish(&["sort"])
}

#[test]
fn a_long_facet_is_short_until_all_of_it_is_asked_for() {
    let short = panel("q=x").facets[1].clone();
    assert_eq!(short.choices.len(), 2);
    let more = short.more.unwrap();
    assert_eq!((more.all, more.href.as_str()), (Some(3), "/contracts?q=x&all=service_area#facet-service_area"));
    let long = panel("q=x&all=service_area").facets[1].clone();
    assert_eq!(long.choices.len(), 3);
    assert_eq!(long.more.unwrap().href, "/contracts?q=x#facet-service_area");
}

#[test]
fn what_is_chosen_comes_first_and_can_be_removed() {
    let panel = panel("service_area=people&ends=6&page=4");
    assert_eq!(panel.facets[1].choices[0].label, "PEOPLE");
    assert_eq!(panel.chosen, 2);
    assert_eq!(panel.tags[0].items, [Tag { text: "In the next 6 months".into(), href: "/contracts?service_area=people".into() }]);
    assert_eq!(panel.tags[1].items[0].href, "/contracts?ends=6");
}

#[test]
fn a_value_that_nothing_has_still_shows_and_can_be_removed() {
    let panel = panel("service_area=nowhere");
    assert_eq!(panel.tags[0].items, [Tag { text: "nowhere".into(), href: "/contracts".into() }]);
    assert!(panel.facets[1].choices.iter().any(|choice| choice.value == "nowhere" && choice.chosen && choice.count == 0));
}

#[test]
fn a_closed_list_keeps_its_order_and_its_zeros() {
    let words: Vec<_> = panel("").facets[0].choices.iter().map(|choice| (choice.label.clone(), choice.count)).collect();
    assert_eq!(words, [("In the next 6 months".to_owned(), 0), ("Past its end".to_owned(), 0)]);
}

#[test]
fn filters_without_a_box_are_kept_by_the_form() {
    let panel = panel("cpv=48&sort=title&q=x&page=2");
    assert_eq!(panel.kept, [Kept { name: "cpv".into(), value: "48".into() }]);
    assert_eq!(panel.clear, "/contracts?sort=title");
}

#[test]
fn data_links_leave_out_what_only_shapes_the_page() {
    let params = Params::parse("q=x&all=supplier&years=8&page=2&no_page=1&sort=title").unwrap();
    assert_eq!(data(&params).data_address("contracts", ".csv"), "/api/v1/contracts.csv?q=x&sort=title");
}
