//! The same answers from the records, the slow and plain way.

use super::random::{Register, lead};
use crate::register::{
    completeness::{Fix, Gaps},
    money::Value,
    records::*,
    snapshot::{
        words::{folded, tokens, wanted},
        *,
    },
    terms::*,
};
use jiff::civil::Date;
use std::{cmp::Ordering, collections::BTreeMap};

/// A contract with all that questions ask of it, as filter values.
pub(super) struct Seen<'r> {
    pub(super) contract: &'r Contract,
    pub(super) outlook: Outlook,
    organisations: Vec<&'r Organisation>,
    functions: Vec<&'r Function>,
    areas: Vec<&'r ServiceArea>,
    suppliers: Vec<&'r Supplier>,
    products: Vec<&'r Product>,
    gaps: Gaps,
    words: Vec<String>,
    as_at: Date,
}

fn by_id<T, I: PartialEq>(from: &[T], ids: impl Iterator<Item = I>, id: impl Fn(&T) -> I) -> Vec<&T> {
    let mut found: Vec<(usize, &T)> = Vec::new();
    for wanted in ids {
        if let Some(place) = from.iter().position(|record| id(record) == wanted)
            && !found.iter().any(|(other, _)| *other == place)
        {
            found.push((place, &from[place]));
        }
    }
    found.into_iter().map(|(_, record)| record).collect()
}

pub(super) fn see(r: &Register, as_at: Date) -> Vec<Seen<'_>> {
    r.contracts.iter().map(|contract| Seen::new(r, contract, as_at)).collect()
}

impl<'r> Seen<'r> {
    fn new(r: &'r Register, contract: &'r Contract, as_at: Date) -> Self {
        let keeper = std::iter::once(contract.organisation).chain(contract.joint.iter().copied());
        let organisations = by_id(&r.organisations, keeper, |o| o.id);
        let functions = by_id(&r.functions, contract.functions.iter().copied(), |f| f.id);
        let suppliers = by_id(&r.suppliers, contract.suppliers.iter().copied(), |s| s.id);
        let products = by_id(&r.products, contract.products.iter().copied(), |p| p.id);
        let core = functions.iter().any(|function| function.core);
        let numbered = suppliers.iter().all(|supplier| !supplier.identifiers.is_empty());
        let mut words = Vec::new();
        let mut add = |text: &str| tokens(text, &mut String::new(), |word| words.push(word.to_owned()));
        add(&contract.title);
        contract.reference.iter().chain(&contract.description).for_each(|text| add(text));
        for organisation in &organisations {
            add(&organisation.name);
            add(&organisation.formal_name);
            organisation.aliases.iter().for_each(|name| add(name));
        }
        functions.iter().for_each(|function| add(&function.name));
        for supplier in &suppliers {
            add(&supplier.name);
            supplier.names.iter().for_each(|name| add(&name.name));
        }
        for product in &products {
            add(&product.name);
            product.former_names.iter().for_each(|name| add(&name.name));
        }
        Self {
            contract,
            outlook: contract.outlook(lead()(contract.route.as_deref(), core), as_at),
            areas: by_id(&r.areas, functions.iter().filter_map(|function| function.service_area), |a| a.id),
            organisations,
            functions,
            suppliers,
            products,
            gaps: Gaps::of_contract(contract, numbered, as_at),
            words,
            as_at,
        }
    }

    fn within(&self, date: Option<Date>, months: u32) -> bool {
        date.is_some_and(|date| date >= self.as_at && date <= add_months(self.as_at, months))
    }

    /// (value, label) of every value a facet gives this contract.
    fn values(&self, facet: Facet) -> Vec<(String, String)> {
        let same = |values: Vec<&str>| values.into_iter().map(|v| (v.to_owned(), v.to_owned())).collect::<Vec<_>>();
        let last = self.outlook.last_possible_end;
        let open = self.outlook.status != Status::Ended;
        let windows = |test: &dyn Fn(u32) -> bool| {
            [("6", 6), ("12", 12), ("24", 24)].into_iter().filter(|(_, m)| test(*m)).map(|(v, _)| v).collect::<Vec<_>>()
        };
        match facet {
            Facet::Organisation => self.organisations.iter().map(|o| (o.slug.clone(), o.name.clone())).collect(),
            Facet::Supplier => self.suppliers.iter().map(|o| (o.id.to_string(), o.name.clone())).collect(),
            Facet::Product => self.products.iter().map(|o| (o.id.to_string(), o.name.clone())).collect(),
            Facet::Function => self.functions.iter().map(|o| (o.slug.clone(), o.name.clone())).collect(),
            Facet::ServiceArea => self.areas.iter().map(|o| (o.slug.clone(), o.name.clone())).collect(),
            Facet::Framework => same(self.contract.framework.iter().map(String::as_str).collect()),
            Facet::Cpv => {
                let mut found: Vec<&str> = self.contract.cpv.iter().filter_map(|code| code.get(..2)).collect();
                found.sort_unstable();
                found.dedup();
                same(found)
            }
            Facet::Status => same(vec![self.outlook.status.as_str()]),
            Facet::Term => same(vec![self.outlook.term.as_str()]),
            Facet::Ends => {
                let mut values = windows(&|months| open && self.within(last, months));
                if self.outlook.status == Status::PastEnd {
                    values.push("past-end");
                }
                if open && last.is_none() {
                    values.push(if self.outlook.no_end() { "no-end" } else { "not-known" });
                }
                same(values)
            }
            Facet::OrganisationKind => {
                let name = |kind| KINDS.iter().find(|(_, known)| *known == kind).map(|(name, _)| *name);
                let mut found: Vec<&str> = self.organisations.iter().filter_map(|o| name(o.kind)).collect();
                found.sort_unstable();
                found.dedup();
                same(found)
            }
            Facet::Member => {
                let mut found: Vec<&str> =
                    self.organisations.iter().map(|o| if o.is_member(self.as_at) { "yes" } else { "no" }).collect();
                found.sort_unstable();
                found.dedup();
                same(found)
            }
            Facet::Decision => {
                let mut values = windows(&|months| self.within(self.outlook.decision_date, months));
                if self.outlook.missed().next().is_some() {
                    values.push("missed");
                }
                same(values)
            }
        }
    }

    fn passes(&self, f: &Filters, without: Option<Facet>) -> bool {
        let lists = [
            (Facet::Organisation, &f.organisation),
            (Facet::Supplier, &f.supplier),
            (Facet::Product, &f.product),
            (Facet::Function, &f.function),
            (Facet::ServiceArea, &f.service_area),
            (Facet::Framework, &f.framework),
            (Facet::Status, &f.status),
            (Facet::Term, &f.term),
            (Facet::Ends, &f.ends),
            (Facet::Decision, &f.decision),
            (Facet::OrganisationKind, &f.organisation_kind),
            (Facet::Member, &f.member),
        ];
        for (facet, wanted) in lists {
            let has = || self.values(facet).iter().any(|(value, _)| wanted.contains(value));
            if without != Some(facet) && !wanted.is_empty() && !has() {
                return false;
            }
        }
        let begins = || self.contract.cpv.iter().any(|code| f.cpv.iter().any(|prefix| code.starts_with(prefix)));
        let cpv = without == Some(Facet::Cpv) || f.cpv.is_empty() || begins();
        let source = f.source.is_empty() || f.source.contains(&self.contract.origin.source);
        let keeper = self.organisations.iter().find(|one| one.id == self.contract.organisation);
        let keeper = f.keeper.is_empty() || keeper.is_some_and(|keeper| f.keeper.contains(&keeper.slug));
        let open = self.outlook.status != Status::Ended;
        let missing = |name: &String| Fix::parse(name).is_some_and(|fix| open && !fix.of_systems() && self.gaps.has(fix));
        let missing = f.missing.is_empty() || f.missing.iter().any(missing);
        let last = self.outlook.last_possible_end;
        let from = f.ends_from.is_none_or(|from| last.is_some_and(|last| last >= from));
        let to = f.ends_to.is_none_or(|to| last.is_some_and(|last| last <= to));
        let pence = self.contract.value.money().map(|money| money.pence);
        let value_from = f.value_from.is_none_or(|from| pence.is_some_and(|pence| pence >= from));
        let value_to = f.value_to.is_none_or(|to| pence.is_some_and(|pence| pence <= to));
        let q = f.q.as_ref().filter(|q| !q.trim().is_empty()).is_none_or(|q| {
            let words = wanted(q);
            !words.is_empty() && words.iter().all(|wanted| self.words.iter().any(|word| wanted.met(word)))
        });
        cpv && source && keeper && missing && from && to && value_from && value_to && q
    }
}

pub(super) fn matching<'a, 'r>(seen: &'a [Seen<'r>], f: &Filters) -> Vec<&'a Seen<'r>> {
    seen.iter().filter(|seen| seen.passes(f, None)).collect()
}

/// (value, label, count) of a facet, in order.
pub(super) fn facet(seen: &[Seen], f: &Filters, facet: Facet) -> Vec<(String, String, u32)> {
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for seen in seen.iter().filter(|seen| seen.passes(f, Some(facet))) {
        seen.values(facet).into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
    }
    let mut counts: Vec<_> = counts.into_iter().map(|((value, label), count)| (value, label, count)).collect();
    counts.sort_by_key(|(value, label, count)| {
        // Closed values are ordered by their name as it stands, the rest as people read it.
        let closed = matches!(
            facet,
            Facet::Status | Facet::Term | Facet::Ends | Facet::Decision | Facet::OrganisationKind | Facet::Member
        );
        let read = if closed { String::new() } else { folded(label) };
        (std::cmp::Reverse(*count), read, label.clone(), value.clone())
    });
    counts
}

fn last<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

pub(super) fn compare(a: &Seen, b: &Seen, sort: Sort) -> Ordering {
    let end = |seen: &Seen| seen.outlook.last_possible_end;
    let pence = |seen: &Seen| match &seen.contract.value {
        Value::Known(money) => Some(money.pence),
        _ => None,
    };
    let class = |seen: &Seen| match seen.outlook.status {
        Status::PastEnd => 0,
        Status::Ended => 4,
        _ if end(seen).is_some() => 1,
        _ if seen.outlook.no_end() => 2,
        _ => 3,
    };
    let by = match sort {
        Sort::Attention => class(a).cmp(&class(b)).then_with(|| match class(a) {
            0 => a.contract.term.current_end().cmp(&b.contract.term.current_end()),
            4 => last(end(a), end(b), true),
            _ => last(end(a), end(b), false),
        }),
        Sort::Ends => last(end(a), end(b), false),
        Sort::EndsDescending => last(end(a), end(b), true),
        Sort::Value => last(pence(a), pence(b), false),
        Sort::ValueDescending => last(pence(a), pence(b), true),
        Sort::Title => folded(&a.contract.title).cmp(&folded(&b.contract.title)),
    };
    by.then(a.contract.id.cmp(&b.contract.id))
}
