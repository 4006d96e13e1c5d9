//! Made-up public notices of a few councils' made-up contracts, so that reconciliation has something to say: some agree with the
//! register, some say another day or another sum, one is of a contract that the register lacks, and most contracts have none.

use super::{
    SEED,
    ends::{days, months},
    random::id,
};
use crate::register::{
    ids::ContractId,
    money::Value,
    records::{Contract, Organisation, Origin},
    terms::{Period, Status, TermKind, outlook},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The source that every made-up notice names: as those of a publisher of open contracting data, but nobody's.
pub const NOTICES: &str = "ocds-illustrative";

/// What a notice says beside the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// The same.
    Same,
    /// Another end.
    End,
    /// Another sum.
    Value,
    /// The same, and nobody has said yet that the two are one contract.
    Unconfirmed,
    /// What the register has no record of.
    Missing,
}

/// Whose notices, and what each of them says.
const COUNCILS: [(&str, &[Says]); 3] = [
    ("camden", &[Says::Same, Says::End, Says::Same, Says::Value, Says::Unconfirmed, Says::Same, Says::Missing]),
    ("hackney", &[Says::Same, Says::Value, Says::Same]),
    ("southwark", &[Says::End, Says::Same]),
];

/// The notices of contracts of the made-up register, as at a day. One that a person has taken for the register's own record stands
/// behind it; the others are listed beside it, as they are when notices are first read.
#[must_use]
pub fn notices(as_at: Date, contracts: &[Contract], organisations: &[Organisation]) -> Vec<Contract> {
    let mut made = Vec::new();
    for (slug, all) in COUNCILS {
        let Some(organisation) = organisations.iter().find(|one| one.slug == slug) else { continue };
        // Those that notices are written of: running, with an end, from a known supplier, for a known sum, and the council's alone.
        let fits = |contract: &&Contract| {
            contract.organisation == organisation.id
                && contract.joint.is_empty()
                && contract.term.kind == TermKind::Fixed
                && contract.term.start.is_some()
                && contract.term.terminated.is_none()
                && contract.term.end.is_some_and(|end| end > months(as_at, 9))
                && !contract.suppliers.is_empty()
                && contract.value.money().is_some()
                && outlook(&contract.term, Period::default(), as_at).status == Status::Current
        };
        let fitting: Vec<&Contract> = contracts.iter().filter(fits).collect();
        // Spread over all of them, so that they are not of one service.
        let step = (fitting.len() / all.len()).max(1);
        for (contract, says) in fitting.into_iter().step_by(step).zip(all) {
            made.push(notice(contract, *says, made.len(), as_at));
        }
    }
    made
}

fn notice(contract: &Contract, says: Says, number: usize, as_at: Date) -> Contract {
    let mut notice = Contract {
        id: ContractId(id(SEED, "notice", number)),
        key: format!("{NOTICES}|{number}|1"),
        // A notice knows neither the council's reference nor what it is for within the council.
        reference: None,
        owning_service: None,
        systems: Vec::new(),
        products: Vec::new(),
        confirmed: None,
        origin: Origin { source: NOTICES.to_owned(), ..Origin::default() },
        notice_of: Some(contract.id),
        set_aside: BTreeMap::new(),
        ..contract.clone()
    };
    // Notices say when the contract ends, seldom what may follow.
    notice.term.extensions.retain(|extension| extension.used);
    notice.term.breaks.clear();
    notice.term.notice = None;
    notice.term.review = None;
    match says {
        Says::Same => {}
        Says::End => notice.term.end = contract.term.end.map(|end| days(months(end.first_of_month(), 7), -1)),
        Says::Value => {
            if let Value::Known(money) = &mut notice.value {
                money.pence += money.pence / 800 * 100;
            }
        }
        Says::Unconfirmed => notice.notice_of = None,
        Says::Missing => {
            notice.notice_of = None;
            notice.title = "Parking permits: online applications and payments".to_owned();
            notice.description = Some("Software, hosting and support, bought after a competition.".to_owned());
            notice.functions.clear();
            notice.framework = None;
            notice.lot = None;
            notice.term.extensions.clear();
            notice.term.start = Some(months(as_at, -4).first_of_month());
            notice.term.end = Some(days(months(as_at.first_of_month(), 32), -1));
        }
    }
    notice
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::{
        illustrative::{SOURCE, generate},
        reconcile::{Fact, reconcile},
        reference::Reference,
    };
    use jiff::civil::date;

    #[test]
    fn camdens_notices_agree_differ_and_know_of_one_contract_more() {
        let shipped = Reference::shipped().unwrap();
        for as_at in [date(2026, 11, 23), date(2027, 2, 28)] {
            let made = generate(as_at, SEED, &shipped.organisations, &shipped.functions);
            let notices = notices(as_at, &made.contracts, &shipped.organisations);
            assert!(notices.iter().all(|notice| notice.is_from_notices() && notice.origin.source != SOURCE));
            assert_eq!(notices.iter().filter(|notice| notice.is_listed()).count(), 2, "the others stand behind their records");
            let suppliers: Vec<_> = made.suppliers.iter().map(|one| one.id).collect();
            assert!(notices.iter().flat_map(|notice| &notice.suppliers).all(|one| suppliers.contains(one)), "all are fictional");
            let found = |slug: &str| {
                let organisation = shipped.organisations.iter().find(|one| one.slug == slug).unwrap().id;
                let all = made.contracts.iter().chain(&notices).filter(|one| one.organisation == organisation);
                reconcile(&all.cloned().collect::<Vec<_>>(), as_at)
            };
            let camden = found("camden");
            assert_eq!((camden.agreed, camden.missing_from_register.len()), (3, 1), "{camden:?}");
            let facts: Vec<Vec<Fact>> =
                camden.pairs.iter().map(|pair| pair.conflicts.iter().map(|one| one.fact).collect()).collect();
            assert!(facts.contains(&vec![Fact::End]) && facts.contains(&vec![Fact::Value]), "{facts:?}");
            assert_eq!(camden.pairs.iter().filter(|pair| !pair.confirmed).count(), 1);
            assert!(camden.missing_notice.len() > 5);
            assert_eq!((found("hackney").agreed, found("southwark").pairs.len()), (2, 1));
            assert_eq!(found("brent").open(), 0);
        }
    }
}
