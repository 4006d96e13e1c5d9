//! Small random registers and questions, from a seed.

use crate::register::{
    money::{Basis, Money, Value, Vat},
    records::*,
    snapshot::*,
    terms::*,
};
use jiff::{
    Span,
    civil::{Date, date},
};
use std::sync::Arc;
use uuid::Uuid;

pub(super) const AS_AT: Date = date(2019, 12, 3);

/// Numbers that look random and are the same each time.
#[derive(Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 33) as usize % end.max(1)
    }
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
    pub(super) fn some<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| self.pick(from).clone()).collect()
    }
    fn id(&mut self) -> Uuid {
        Uuid::from_u128(((self.below(1 << 30) as u128) << 90) | ((self.below(1 << 30) as u128) << 20) | 7)
    }
    pub(super) fn day(&mut self) -> Date {
        AS_AT.checked_add(Span::new().days(self.below(2_400) as i64 - 1_000)).unwrap()
    }
}

pub(super) const WORDS: [&str; 14] = [
    "Housing",
    "house",
    "repairs",
    "Café",
    "tax",
    "council",
    "M3",
    "Assure",
    "x",
    "social-care",
    "Straße",
    "digital",
    "Civica",
    "licence",
];

#[derive(Clone, Default)]
pub(super) struct Register {
    pub(super) organisations: Vec<Organisation>,
    pub(super) areas: Vec<ServiceArea>,
    pub(super) functions: Vec<Function>,
    pub(super) suppliers: Vec<Supplier>,
    pub(super) products: Vec<Product>,
    pub(super) systems: Vec<System>,
    pub(super) planned: Vec<PlannedProcurement>,
    pub(super) contracts: Vec<Contract>,
}

pub(super) fn lead() -> LeadRule {
    Arc::new(|route, core| {
        Period::months(if core {
            18
        } else if route == Some("call-off") {
            6
        } else {
            12
        })
    })
}

fn text(dice: &mut Dice) -> String {
    (0..1 + dice.below(3)).map(|_| *dice.pick(&WORDS)).collect::<Vec<_>>().join(" ")
}

impl Register {
    pub(super) fn random(dice: &mut Dice, contracts: usize) -> Self {
        let mut r = Self::default();
        for n in 0..4 {
            let kind = if n < 3 { OrganisationKind::Council } else { OrganisationKind::Other };
            r.organisations.push(Organisation {
                id: OrganisationId(dice.id()),
                slug: format!("org-{n}"),
                name: format!("{} {n}", text(dice)),
                formal_name: format!("London Borough {n}"),
                kind,
                gss_code: None,
                register_code: None,
                identifiers: vec![],
                aliases: dice.some(&["Alias One".to_owned(), "tax office".to_owned()], 1),
                letters: None,
                tile: None,
                colour: None,
                // One was never a member, one is, one joins later, one has left.
                member_from: (n > 0).then_some(if n == 2 { date(2019, 12, 4) } else { date(2016, 1, 1) }),
                member_until: (n == 3).then_some(date(2019, 12, 2)),
                updated_at: 0,
            });
        }
        for n in 0..3 {
            let id = ServiceAreaId(dice.id());
            r.areas.push(ServiceArea { id, slug: format!("area-{n}"), name: text(dice), position: n });
        }
        for n in 0..6 {
            let service_area = (!dice.one_in(4)).then(|| dice.pick(&r.areas).id);
            r.functions.push(Function {
                id: FunctionId(dice.id()),
                slug: format!("function-{n}"),
                name: text(dice),
                service_area,
                core: dice.one_in(3),
                aliases: vec![],
            });
        }
        for n in 0..8 {
            r.suppliers.push(supplier(dice, n));
        }
        for n in 0..7 {
            r.products.push(Product {
                id: ProductId(dice.id()),
                name: format!("{} {n}", text(dice)),
                manufacturer: dice.one_in(2).then(|| dice.pick(&r.suppliers).id),
                former_names: vec![DatedName { name: text(dice), from: None, until: None, source: None }],
                functions: dice.some(&r.functions, 1).into_iter().map(|f| f.id).collect(),
                updated_at: 0,
            });
        }
        for n in 0..12 {
            let functions = dice.some(&r.functions, 2).into_iter().map(|f| f.id).collect();
            r.systems.push(System {
                id: SystemId(dice.id()),
                key: format!("key {n}"),
                organisation: dice.pick(&r.organisations).id,
                product: dice.pick(&r.products).id,
                functions,
                users: dice.one_in(2).then(|| dice.below(500) as i64),
                hosting: dice.one_in(2).then_some(Hosting::SharedService),
                satisfaction: (!dice.one_in(4)).then(|| 1 + dice.below(5) as u8),
                data_access: None,
                sub_processors: vec![],
                origin: Origin::default(),
                confirmed: dice.one_in(2).then(|| dice.day()),
                note: None,
                published: true,
                updated_at: 0,
                public_at: PublicAt::default(),
            });
        }
        for n in 0..5 {
            r.planned.push(PlannedProcurement {
                id: PlannedProcurementId(dice.id()),
                key: format!("planned {n}"),
                organisation: dice.pick(&r.organisations).id,
                reference: None,
                title: text(dice),
                description: None,
                stage: "tender".to_owned(),
                value: Value::NotKnown,
                closes: dice.one_in(2).then(|| dice.day()),
                start: None,
                end: None,
                duration: None,
                cpv: vec![],
                origin: Origin::default(),
                updated_at: 0,
            });
        }
        for _ in 0..contracts {
            let contract = r.contract(dice);
            r.contracts.push(contract);
        }
        r
    }

    pub(super) fn contract(&self, dice: &mut Dice) -> Contract {
        let suppliers: Vec<SupplierId> = dice.some(&self.suppliers, 2).into_iter().map(|s| s.id).collect();
        let unnamed = *dice.pick(&[SupplierState::NotKnown, SupplierState::Withheld]);
        let value = match dice.below(4) {
            0 => Value::NotKnown,
            1 => Value::Withheld { reason: if dice.one_in(2) { String::new() } else { "s.43".to_owned() } },
            _ => Value::Known(Money {
                pence: dice.below(20) as i64 * 10_000,
                currency: if dice.one_in(5) { "EUR" } else { "GBP" }.to_owned(),
                basis: *dice.pick(&[Basis::Annual, Basis::WholeLife]),
                vat: *dice.pick(&[Vat::Included, Vat::NotKnown]),
            }),
        };
        let codes = ["48000000", "48100000", "72200000", "72000000", "9"].map(str::to_owned);
        Contract {
            id: ContractId(dice.id()),
            key: String::new(),
            organisation: dice.pick(&self.organisations).id,
            joint: dice.some(&self.organisations, 1).into_iter().map(|o| o.id).collect(),
            reference: dice.one_in(2).then(|| format!("REF/{}", dice.below(40))),
            title: text(dice),
            description: dice.one_in(2).then(|| text(dice)),
            supplier_state: if suppliers.is_empty() { unnamed } else { SupplierState::Known },
            suppliers,
            products: dice.some(&self.products, 2).into_iter().map(|p| p.id).collect(),
            functions: dice.some(&self.functions, 3).into_iter().map(|f| f.id).collect(),
            systems: dice.some(&self.systems, 2).into_iter().map(|s| s.id).collect(),
            owning_service: dice.one_in(2).then(|| "IT".to_owned()),
            term: term(dice),
            value,
            framework: dice.one_in(3).then(|| format!("Framework {}", dice.below(3))),
            lot: None,
            route: dice.one_in(2).then(|| "call-off".to_owned()),
            cpv: dice.some(&codes, 2),
            origin: Origin { source: dice.pick(&["register", "survey"]).to_string(), ..Origin::default() },
            confirmed: dice.one_in(2).then(|| dice.day()),
            manager: None,
            note: None,
            published: true,
            replaced_by: dice.one_in(6).then(|| ContractId(dice.id())),
            notice_of: None,
            set_aside: std::collections::BTreeMap::new(),
            updated_at: dice.below(1_000) as i64,
            public_at: PublicAt::default(),
        }
    }

    pub(super) fn build(&self, as_at: Date, sequence: i64) -> Snapshot {
        let mut builder = Builder::new(as_at, lead(), sequence);
        self.areas.iter().cloned().for_each(|record| builder.service_area(record));
        self.functions.iter().cloned().for_each(|record| builder.function(record));
        self.organisations.iter().cloned().for_each(|record| builder.organisation(record));
        self.suppliers.iter().cloned().for_each(|record| builder.supplier(record));
        self.products.iter().cloned().for_each(|record| builder.product(record));
        self.systems.iter().cloned().for_each(|record| builder.system(record));
        self.planned.iter().cloned().for_each(|record| builder.planned(record));
        self.contracts.iter().for_each(|record| builder.contract(record));
        builder.finish()
    }
}

pub(super) fn supplier(dice: &mut Dice, n: usize) -> Supplier {
    let numbered = dice.one_in(2);
    Supplier {
        id: SupplierId(dice.id()),
        name: format!("{} Ltd {n}", text(dice)),
        names: vec![DatedName { name: text(dice), from: None, until: None, source: None }],
        identifiers: numbered
            .then(|| Identifier { scheme: "GB-COH".to_owned(), id: "01234567".to_owned() })
            .into_iter()
            .collect(),
        owners: vec![],
        sme: None,
        vcse: None,
        updated_at: 0,
    }
}

fn term(dice: &mut Dice) -> Term {
    let extension = Extension { months: 12, used: dice.one_in(3), ..Extension::default() };
    let right = Break { on: dice.day(), or_any_time_after: dice.one_in(2), notice: Some(Period::months(3)) };
    Term {
        kind: *dice.pick(&[
            TermKind::Fixed,
            TermKind::Fixed,
            TermKind::Fixed,
            TermKind::RenewsYearly,
            TermKind::Rolling,
            TermKind::NotKnown,
        ]),
        start: dice.one_in(2).then(|| dice.day()),
        end: (!dice.one_in(4)).then(|| dice.day()),
        extensions: dice.some(&[extension], 2),
        breaks: dice.some(&[right], 1),
        notice: dice.one_in(2).then(|| Period::months(6)),
        review: None,
        in_use: dice.one_in(3).then(|| dice.one_in(2)),
        terminated: dice.one_in(8).then(|| dice.day()),
    }
}

/// Random filters: few at once, so that something is left.
pub(super) fn filters(dice: &mut Dice, r: &Register) -> Filters {
    let mut f = Filters::default();
    let values = |list: &mut Vec<String>, from: Vec<String>, dice: &mut Dice| {
        if dice.one_in(7) {
            *list = dice.some(&from, 4);
            if dice.one_in(8) {
                list.push("unheard-of".to_owned());
            }
        }
    };
    let strings = |from: &[&str]| from.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    values(&mut f.organisation, r.organisations.iter().map(|o| o.slug.clone()).collect(), dice);
    values(&mut f.keeper, r.organisations.iter().map(|o| o.slug.clone()).collect(), dice);
    values(&mut f.organisation_kind, strings(&["council", "other", "hub"]), dice);
    values(&mut f.member, strings(&["yes", "no", "perhaps"]), dice);
    values(&mut f.supplier, r.suppliers.iter().map(|o| o.id.to_string()).collect(), dice);
    values(&mut f.product, r.products.iter().map(|o| o.id.to_string()).collect(), dice);
    values(&mut f.function, r.functions.iter().map(|o| o.slug.clone()).collect(), dice);
    values(&mut f.service_area, r.areas.iter().map(|o| o.slug.clone()).collect(), dice);
    values(&mut f.framework, strings(&["Framework 0", "Framework 1"]), dice);
    values(&mut f.cpv, strings(&["48", "722", "72000000", "9"]), dice);
    values(&mut f.status, Status::ALL.map(Status::as_str).map(str::to_owned).to_vec(), dice);
    values(&mut f.term, TermState::ALL.map(TermState::as_str).map(str::to_owned).to_vec(), dice);
    values(&mut f.source, strings(&["register", "survey"]), dice);
    values(&mut f.missing, strings(&["end", "value", "company-number", "confirmed", "notice", "system-users"]), dice);
    values(&mut f.decision, strings(&DECISION_VALUES), dice);
    values(&mut f.ends, strings(&ENDS_VALUES), dice);
    f.ends_from = dice.one_in(8).then(|| dice.day());
    f.ends_to = dice.one_in(8).then(|| dice.day());
    f.value_from = dice.one_in(10).then(|| dice.below(20) as i64 * 10_000);
    f.value_to = dice.one_in(10).then(|| dice.below(20) as i64 * 10_000);
    let words = ["hous", "\"house\"", "ref 12", "civica", "x", "cafe", "lond", "straße tax", "*", "re"];
    f.q = dice.one_in(4).then(|| dice.pick(&words).to_string());
    f
}
