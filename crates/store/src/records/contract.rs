//! Contracts.

use super::{Link, Reader, Record, id, json, json_list, opt_date, opt_id, opt_text, spelt};
use crate::error::Result;
use domain::{
    audit::Kind,
    people::Scope,
    register::{
        money::{Money, Value as Worth},
        records::{Contract, Origin, PublicAt},
        terms::Term,
    },
};
use sea_orm::Value;
use uuid::Uuid;

const LINKS: &[Link] = &[
    Link { table: "contract_organisation", owner: "contract_id", target: "organisation_id" },
    Link { table: "contract_supplier", owner: "contract_id", target: "supplier_id" },
    Link { table: "contract_product", owner: "contract_id", target: "product_id" },
    Link { table: "contract_function", owner: "contract_id", target: "function_id" },
    Link { table: "contract_system", owner: "contract_id", target: "system_id" },
];

impl Record for Contract {
    const KIND: Kind = Kind::Contract;
    const TABLE: &'static str = "contract";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "contract_key",
        "organisation_id",
        "reference",
        "title",
        "description",
        "supplier_state",
        "owning_service",
        "term_kind",
        "start_date",
        "end_date",
        "extensions",
        "breaks",
        "notice",
        "review_date",
        "in_use",
        "terminated_date",
        "value_state",
        "value_pence",
        "value_currency",
        "value_basis",
        "value_vat",
        "value_withheld",
        "framework",
        "lot",
        "route",
        "cpv",
        "source",
        "import_id",
        "import_row",
        "digest",
        "field_origins",
        "source_url",
        "ocid",
        "confirmed",
        "manager_id",
        "note",
        "published",
        "replaced_by",
        "notice_of",
        "set_aside",
        "updated_at",
        "public_at",
    ];
    const UNLISTED: &'static [&'static str] = &[
        "contract_key",
        "import_id",
        "import_row",
        "digest",
        "field_origins",
        "source_url",
        "ocid",
        "note",
        "manager_id",
        "replaced_by",
        "set_aside",
    ];
    const LINKS: &'static [Link] = LINKS;

    fn id(&self) -> Uuid {
        self.id.0
    }

    fn organisation(&self) -> Option<Uuid> {
        Some(self.organisation.0)
    }

    fn visible_to(&self, scope: &Scope) -> bool {
        self.published || scope.may_read_private(Some(self.organisation))
    }

    fn values(&self, out: &mut Vec<Value>) {
        let (state, money, withheld) = match &self.value {
            Worth::Known(money) => ("known", Some(money), None),
            Worth::Withheld { reason } => ("withheld", None, Some(reason.clone())),
            Worth::NotKnown => ("not-known", None, None),
        };
        let term = &self.term;
        out.extend([
            id(self.id.0),
            self.key.clone().into(),
            id(self.organisation.0),
            opt_text(&self.reference),
            self.title.clone().into(),
            opt_text(&self.description),
            spelt(&self.supplier_state),
            opt_text(&self.owning_service),
            spelt(&term.kind),
            opt_date(term.start),
            opt_date(term.end),
            json_list(&term.extensions),
            json_list(&term.breaks),
            term.notice.as_ref().map_or(Value::String(None), json),
            opt_date(term.review),
            Value::Bool(term.in_use),
            opt_date(term.terminated),
            state.into(),
            Value::BigInt(money.map(|money| money.pence)),
            Value::String(money.map(|money| money.currency.clone())),
            money.map_or(Value::String(None), |money| spelt(&money.basis)),
            money.map_or(Value::String(None), |money| spelt(&money.vat)),
            Value::String(withheld),
            opt_text(&self.framework),
            opt_text(&self.lot),
            opt_text(&self.route),
            json_list(&self.cpv),
            self.origin.source.clone().into(),
            Value::String(self.origin.import.map(|import| import.0.to_string())),
            Value::BigInt(self.origin.row),
            self.origin.digest.clone().into(),
            if self.origin.fields.is_empty() { Value::String(None) } else { json(&self.origin.fields) },
            opt_text(&self.origin.url),
            opt_text(&self.origin.ocid),
            opt_date(self.confirmed),
            opt_id(self.manager.map(|person| person.0)),
            opt_text(&self.note),
            self.published.into(),
            opt_id(self.replaced_by.map(|other| other.0)),
            opt_id(self.notice_of.map(|other| other.0)),
            if self.set_aside.is_empty() { Value::String(None) } else { json(&self.set_aside) },
            self.updated_at.into(),
            self.last_public_change().into(),
        ]);
    }

    fn links(&self, link: usize) -> Vec<Uuid> {
        match link {
            0 => self.joint.iter().map(|other| other.0).collect(),
            1 => self.suppliers.iter().map(|other| other.0).collect(),
            2 => self.products.iter().map(|other| other.0).collect(),
            3 => self.functions.iter().map(|other| other.0).collect(),
            _ => self.systems.iter().map(|other| other.0).collect(),
        }
    }

    fn read(row: &Reader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.id()?,
            key: row.text()?,
            organisation: row.id()?,
            joint: Vec::new(),
            reference: row.opt_text()?,
            title: row.text()?,
            description: row.opt_text()?,
            suppliers: Vec::new(),
            supplier_state: row.word()?,
            products: Vec::new(),
            functions: Vec::new(),
            systems: Vec::new(),
            owning_service: row.opt_text()?,
            term: Term {
                kind: row.word()?,
                start: row.opt_date()?,
                end: row.opt_date()?,
                extensions: row.json()?,
                breaks: row.json()?,
                notice: row.json()?,
                review: row.opt_date()?,
                in_use: row.opt_bool()?,
                terminated: row.opt_date()?,
            },
            value: read_value(row)?,
            framework: row.opt_text()?,
            lot: row.opt_text()?,
            route: row.opt_text()?,
            cpv: row.json()?,
            origin: Origin {
                source: row.text()?,
                import: row.opt_id()?,
                row: row.opt_int()?,
                digest: row.text()?,
                fields: row.json()?,
                url: row.opt_text()?,
                ocid: row.opt_text()?,
            },
            confirmed: row.opt_date()?,
            manager: row.opt_id()?,
            note: row.opt_text()?,
            published: row.bool()?,
            replaced_by: row.opt_id()?,
            notice_of: row.opt_id()?,
            set_aside: row.json()?,
            updated_at: row.int()?,
            public_at: PublicAt(row.int()?),
        })
    }

    fn set_links(&mut self, link: usize, ids: Vec<Uuid>) {
        match link {
            0 => self.joint = ids.into_iter().map(Into::into).collect(),
            1 => self.suppliers = ids.into_iter().map(Into::into).collect(),
            2 => self.products = ids.into_iter().map(Into::into).collect(),
            3 => self.functions = ids.into_iter().map(Into::into).collect(),
            _ => self.systems = ids.into_iter().map(Into::into).collect(),
        }
    }

    fn updated_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn set_updated_at(&mut self, at: i64) {
        self.updated_at = at;
    }

    fn note_public_change(&mut self, before: Option<&Self>) {
        Contract::note_public_change(self, before);
    }
}

fn read_value(row: &Reader<'_>) -> Result<Worth> {
    let state = row.text()?;
    let (pence, currency, basis, vat, withheld) =
        (row.opt_int()?, row.opt_text()?, row.opt_word()?, row.opt_word()?, row.opt_text()?);
    Ok(match (state.as_str(), pence, basis) {
        ("known", Some(pence), Some(basis)) => Worth::Known(Money {
            pence,
            currency: currency.unwrap_or_else(|| "GBP".to_owned()),
            basis,
            vat: vat.unwrap_or_default(),
        }),
        ("withheld", ..) => Worth::Withheld { reason: withheld.unwrap_or_default() },
        _ => Worth::NotKnown,
    })
}
