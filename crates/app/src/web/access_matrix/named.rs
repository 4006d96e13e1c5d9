//! What a route is about and its address does not say: an object named in the form or in the question, or one of another kind than
//! most routes under the same word have. One of each of Camden's, and the fields that name it.

use super::{OTHER, further::Further, objects::Objects};
use crate::testing::{Browser, City};
use axum::http::Method;
use domain::{
    dpia::{
        stored::Stored,
        template::{Edition, Purpose},
    },
    people::{
        ApiToken, ApiTokenId, Role, Scope,
        sign_in::{
            identity::{Identity, Provider, Strength},
            records::{IdentityProvider, IdentityProviderId},
        },
    },
    register::{ids::ContractId, records::Contract},
};
use std::collections::BTreeMap;
use store::sign_in::factors::FactorKind;
use test_support::records;
use uuid::Uuid;

/// One of each object that forms name.
pub struct Named {
    provider: String,
    account: String,
    token: String,
    joint: ContractId,
    supplier: String,
    template: (String, String),
    rule: String,
    draft: Uuid,
    organisations: [String; 3],
    /// A second factor of each kind of person.
    factors: BTreeMap<&'static str, String>,
    further: Further,
}

impl Named {
    /// Makes them: the account and the token are the editor's, and everybody has a second factor of their own.
    pub async fn of(city: &City, kinds: &[(&'static str, Browser)], objects: &Objects) -> Self {
        let somebody = |name: &str| kinds.iter().find(|(kind, _)| *kind == name).map(|(_, browser)| browser).unwrap();
        let editor = somebody("editor").person.unwrap();
        let [camden, hackney, loti] = ["camden", "hackney", "loti"].map(|slug| city.organisation(slug).id);
        // Nothing answers there.
        let issuer = "http://127.0.0.1:9".to_owned();
        let mut provider = [IdentityProvider {
            id: IdentityProviderId(Uuid::now_v7()),
            organisation: camden,
            provider: Provider::OpenId { issuer: issuer.clone() },
            client_id: "city-tools".to_owned(),
            secret_name: None,
            enabled: true,
            updated_at: 0,
        }];
        let now = city.app.clock.now();
        let mut token = [ApiToken {
            id: ApiTokenId(Uuid::now_v7()),
            person: editor,
            organisation: camden,
            name: "Nightly export".to_owned(),
            writes: false,
            created_at: now,
            expires_at: now + 86_400_000,
            revoked_at: None,
            updated_at: 0,
        }];
        let mut joint = [Contract { joint: vec![camden], ..records::contract(hackney, "Shared parking permits", None) }];
        let identity = Identity {
            issuer,
            subject: "editor".to_owned(),
            tenant: None,
            object: None,
            hosted_domain: None,
            strength: Strength::Single,
        };
        let mut write = city.store().write(&Scope::Operator, now).await.unwrap();
        write.create(&mut provider).await.unwrap();
        write.create(&mut token).await.unwrap();
        write.create(&mut joint).await.unwrap();
        write.bind_account(editor, &identity).await.unwrap();
        write.commit().await.unwrap();
        city.refresh().await;
        // An overlay that is not sound yet: its preview leads back to it.
        let draft = Stored {
            id: Uuid::now_v7(),
            kind: "overlay".to_owned(),
            edition: Edition { urn: "urn:dpia:overlay:camden:more".to_owned(), version: "1".to_owned() },
            title: "What Camden adds".to_owned(),
            in_force: city.app.clock.today(),
            organisation: Some(camden),
            text: "kind: overlay".to_owned(),
            published: false,
            by: Some(editor),
            updated_at: 0,
        };
        let writer = city.acting(editor, "Tom Adeyemi", "camden", &[Role::IgOfficer]);
        let draft = city.store().keep_file(&writer, now, draft, None, vec![], Uuid::new_v4()).await.unwrap();
        let account = city.store().accounts_of(&Scope::Operator, editor).await.unwrap().remove(0).id;
        let rules = city.app.rules();
        let template = rules.in_force(Purpose::Dpia, city.app.clock.today()).unwrap();
        let rule = template.risk_rules[0].id.clone();
        let template = template.edition.clone();
        Self {
            provider: provider[0].id.to_string(),
            account: account.to_string(),
            token: token[0].id.to_string(),
            joint: joint[0].id,
            supplier: objects.of("suppliers"),
            template: (template.urn, template.version),
            rule,
            draft,
            factors: factors(city, kinds).await,
            further: Further::of(city, somebody("project-lead")).await,
            organisations: [camden, hackney, loti].map(|organisation| organisation.to_string()),
        }
    }

    /// The address of a route that is about another object than the words of its path say; none for any other.
    pub fn address(&self, path: &str) -> Option<String> {
        match path {
            "/contracts/{id}/not-joint" => Some(format!("/contracts/{}/not-joint", self.joint)),
            "/templates/{urn}/{version}/assessments" => {
                Some(format!("/templates/{}/{}/assessments", self.template.0, self.template.1))
            }
            path => match path.strip_prefix("/templates/drafts/{id}") {
                Some(rest) => Some(format!("/templates/drafts/{}{rest}", self.draft)),
                None => self.further.address(path),
            },
        }
    }

    /// The fields that name what a route is about, as somebody of a kind sends them.
    pub fn fields(&self, method: &Method, path: &str, kind: &str) -> Vec<(&'static str, &str)> {
        let [camden, hackney, loti] = self.organisations.each_ref().map(String::as_str);
        let own = match kind {
            OTHER => hackney,
            "network-administrator" => loti,
            _ => camden,
        };
        let template = [("urn", self.template.0.as_str()), ("version", self.template.1.as_str())];
        match (method.as_str(), path) {
            ("POST", "/account/acting-for") => vec![("organisation", own)],
            ("POST", "/account/second-factor/remove") => {
                self.factors.get(kind).map(|factor| ("factor", factor.as_str())).into_iter().collect()
            }
            ("POST", "/account/sessions/end") => vec![("which", "others")],
            ("POST", "/account/sign-in") => vec![("provider", self.provider.as_str())],
            ("POST", "/account/sign-in/remove") => vec![("account", self.account.as_str())],
            ("POST", "/account/tokens/revoke") => vec![("token", self.token.as_str())],
            ("GET", "/assessments/{id}/changes/{name}") => vec![("from", "1")],
            ("POST", "/assessments/{id}/risks/new") => vec![("part", "shared")],
            ("POST", "/assessments/{id}/risks/suggested") => vec![("part", "shared"), ("rule", self.rule.as_str())],
            ("POST", "/contracts/{id}/not-joint") => vec![("organisation", "camden")],
            ("POST", "/curate") => vec![("kind", "supplier"), ("subject", self.supplier.as_str())],
            ("POST", "/organisations/{slug}/people/{membership}/end") => vec![("what", "sessions")],
            ("GET", "/templates/write") => [&template[..], &[("for", "own"), ("organisation", camden)]].concat(),
            ("POST", "/templates/write") => vec![("for", "own"), ("organisation", camden)],
            ("POST", "/work/away/back") => vec![("organisation", camden)],
            _ => Vec::new(),
        }
    }
}

/// Gives everybody a second factor; which, by kind of person.
async fn factors(city: &City, kinds: &[(&'static str, Browser)]) -> BTreeMap<&'static str, String> {
    let mut factors = BTreeMap::new();
    for (kind, person) in kinds.iter().filter_map(|(kind, browser)| Some((*kind, browser.person?))) {
        let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
        write.add_factor(person, FactorKind::Totp, "Authenticator app", "00", None).await.unwrap();
        write.commit().await.unwrap();
        let own = city.store().factors(&Scope::Operator, person).await.unwrap();
        factors.insert(kind, own[0].id.to_string());
    }
    factors
}
