//! Identity providers: whose word is taken, by what an account is known, and how strong a sign-in was.
//!
//! An account is known by issuer and subject; with Entra ID by tenant and object id. Never by an email address, which anyone
//! who administers a tenant can set (the takeover that Microsoft warns of). A provider that does not say how a person proved
//! who they are has proved one factor.

use super::MINUTE;
use serde::{Deserialize, Serialize};

/// How an organisation's people are signed in by its own provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Provider {
    /// Any certified provider, by its issuer.
    OpenId {
        /// The issuer, exactly as its documents spell it.
        issuer: String,
    },
    /// Microsoft Entra ID: one tenant.
    Entra {
        /// The directory (tenant) id.
        tenant: String,
    },
    /// Google Workspace: the organisation's own domains.
    Google {
        /// Domains whose people may sign in.
        domains: Vec<String>,
    },
}

/// Why an organisation's provider cannot be set up so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The issuer is no `https://` address, or has a query, a fragment or a name and password in it.
    #[error("the issuer is no https address")]
    Issuer,
    /// The shared addresses of a provider with many tenants name nobody.
    #[error("a shared issuer")]
    Shared,
    /// The tenant is no directory id.
    #[error("the tenant is no directory id")]
    Tenant,
    /// No domain, or one that is none.
    #[error("no domain")]
    Domain,
}

/// Google's one issuer.
const GOOGLE: &str = "https://accounts.google.com";
/// Where Entra's tenants live.
const ENTRA: &str = "https://login.microsoftonline.com/";

impl Provider {
    /// The issuer whose tokens are taken, exactly: for Entra the tenant's own, never the shared `common` one.
    #[must_use]
    pub fn issuer(&self) -> String {
        match self {
            Provider::OpenId { issuer } => issuer.clone(),
            Provider::Entra { tenant } => format!("{ENTRA}{tenant}/v2.0"),
            Provider::Google { .. } => GOOGLE.to_owned(),
        }
    }

    /// Whether an account of an issuer is one of this provider's: with Google, where every organisation has the same issuer, one of its
    /// own domains. An account whose domain is not known yet may be anybody's there.
    #[must_use]
    pub fn holds(&self, issuer: &str, hosted_domain: Option<&str>) -> bool {
        let domain = match self {
            Provider::Google { domains } => hosted_domain.is_none_or(|own| domains.iter().any(|one| one == own)),
            Provider::OpenId { .. } | Provider::Entra { .. } => true,
        };
        domain && self.issuer() == issuer
    }

    /// Whether this can be a provider of one organisation. `http` is for a provider on this very machine, in tests.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Unfit> {
        match self {
            Provider::OpenId { issuer } => {
                let rest = issuer
                    .strip_prefix("https://")
                    .or_else(|| issuer.strip_prefix("http://").filter(|rest| is_loopback(rest)))
                    .ok_or(Unfit::Issuer)?;
                if rest.is_empty()
                    || rest.starts_with('/')
                    || rest.chars().any(|c| c.is_whitespace() || c.is_control() || "?#@\\{}".contains(c))
                {
                    return Err(Unfit::Issuer);
                }
                // These have settings of their own, which check the tenant or the domain.
                if issuer.starts_with(ENTRA) || issuer.starts_with(GOOGLE) || issuer.starts_with("https://sts.windows.net/") {
                    return Err(Unfit::Shared);
                }
                Ok(())
            }
            Provider::Entra { tenant } => {
                // The tenant of Microsoft's own consumer accounts is anybody.
                const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
                let id = uuid::Uuid::parse_str(tenant).ok().filter(|id| !id.is_nil());
                match id {
                    Some(id) if id.to_string() == *tenant && tenant != CONSUMERS => Ok(()),
                    Some(_) => Err(Unfit::Tenant),
                    None if ["common", "organizations", "consumers", "{tenantid}"].contains(&tenant.as_str()) => {
                        Err(Unfit::Shared)
                    }
                    None => Err(Unfit::Tenant),
                }
            }
            Provider::Google { domains } => {
                let domain = |name: &String| {
                    name.contains('.')
                        && !["gmail.com", "googlemail.com"].contains(&name.as_str())
                        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')
                };
                if !domains.is_empty() && domains.iter().all(domain) { Ok(()) } else { Err(Unfit::Domain) }
            }
        }
    }

    /// By what the person of these claims is known here.
    ///
    /// # Errors
    /// When the claims are not this provider's to make, whatever their signature.
    pub fn identify(&self, claims: &Claims) -> Result<Identity, Refusal> {
        if claims.issuer != self.issuer() || claims.subject.is_empty() {
            return Err(Refusal::Issuer);
        }
        let mut identity = Identity {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            tenant: None,
            object: None,
            hosted_domain: None,
            strength: strength(&claims.methods, claims.context.as_deref()),
        };
        match self {
            Provider::OpenId { .. } => {}
            Provider::Entra { tenant } => {
                if claims.tenant.as_deref() != Some(tenant.as_str()) {
                    return Err(Refusal::Tenant);
                }
                let object = claims.object.as_ref().filter(|object| !object.is_empty()).ok_or(Refusal::Tenant)?;
                identity.tenant = Some(tenant.clone());
                identity.object = Some(object.clone());
            }
            Provider::Google { domains } => {
                let hosted = claims.hosted_domain.as_ref().ok_or(Refusal::Domain)?;
                if !domains.contains(hosted) {
                    return Err(Refusal::Domain);
                }
                identity.hosted_domain = Some(hosted.clone());
            }
        }
        Ok(identity)
    }
}

fn is_loopback(rest: &str) -> bool {
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

/// What a verified token says, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `tid`, from Entra.
    pub tenant: Option<String>,
    /// `oid`, from Entra.
    pub object: Option<String>,
    /// `hd`, from Google.
    pub hosted_domain: Option<String>,
    /// `amr`.
    pub methods: Vec<String>,
    /// `acr`.
    pub context: Option<String>,
    /// `auth_time`, in seconds.
    pub authenticated_at: Option<i64>,
}

impl Claims {
    /// When the person last proved who they are, in milliseconds: `auth_time`; without one nothing is known but that it was not
    /// now. One from the future counts for nothing.
    #[must_use]
    pub fn checked_at(&self, now: i64) -> Option<i64> {
        let at = self.authenticated_at?.checked_mul(1000)?;
        (at <= now.saturating_add(MINUTE)).then(|| at.min(now))
    }
}

/// By what an account is known, and how strongly the person proved to be its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `tid`, with Entra.
    pub tenant: Option<String>,
    /// `oid`, with Entra; stable where `sub` differs per application.
    pub object: Option<String>,
    /// `hd`, with Google; no part of what it is known by: it says whose of all that come from the one issuer.
    pub hosted_domain: Option<String>,
    /// How the person proved who they are.
    pub strength: Strength,
}

/// Why a signed token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another issuer's, or nobody's.
    #[error("another issuer")]
    Issuer,
    /// Another tenant's, or without its object id.
    #[error("another tenant")]
    Tenant,
    /// Of no domain of the organisation.
    #[error("another domain")]
    Domain,
}

/// How strongly a person proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// One factor, or the provider does not say.
    Single,
    /// Two factors of different kinds.
    Multiple,
}

/// Context classes that promise two factors: the OpenID Foundation's phishing-resistant ones, its older policy, and REFEDS'.
const STRONG_CONTEXTS: [&str; 4] =
    ["phr", "phrh", "http://schemas.openid.net/pape/policies/2007/06/multi-factor", "https://refeds.org/profile/mfa"];

/// The strength of a sign-in by its `amr` (RFC 8176) and `acr`: two kinds of factor, or the provider's word `mfa`. Names that
/// are not known count for nothing.
#[must_use]
pub fn strength(methods: &[String], context: Option<&str>) -> Strength {
    let has = |names: &[&str]| methods.iter().any(|method| names.contains(&method.as_str()));
    let known = has(&["pwd", "pin", "kba"]);
    let held = has(&["otp", "hwk", "swk", "sc", "pop", "sms", "tel"]);
    let inherent = has(&["face", "fpt", "iris", "retina", "vbm"]);
    let kinds = usize::from(known) + usize::from(held) + usize::from(inherent);
    let promised = context.is_some_and(|context| STRONG_CONTEXTS.contains(&context));
    if has(&["mfa"]) || kinds >= 2 || promised { Strength::Multiple } else { Strength::Single }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    fn entra() -> Provider {
        Provider::Entra { tenant: TENANT.to_owned() }
    }

    fn claims(issuer: &str) -> Claims {
        Claims { issuer: issuer.to_owned(), subject: "s1".to_owned(), ..Claims::default() }
    }

    #[test]
    fn s23_another_tenants_token_is_refused_though_it_is_signed() {
        let issuer = entra().issuer();
        let right = Claims { tenant: Some(TENANT.into()), object: Some("o1".into()), ..claims(&issuer) };
        let identity = entra().identify(&right).unwrap();
        assert_eq!((identity.tenant.as_deref(), identity.object.as_deref()), (Some(TENANT), Some("o1")));
        for wrong in [
            Claims { tenant: Some("00000000-0000-4000-8000-000000000001".into()), ..right.clone() },
            Claims { tenant: None, ..right.clone() },
            Claims { object: None, ..right.clone() },
            Claims { object: Some(String::new()), ..right.clone() },
        ] {
            assert_eq!(entra().identify(&wrong), Err(Refusal::Tenant));
        }
        let common = Claims { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0".into(), ..right };
        assert_eq!(entra().identify(&common), Err(Refusal::Issuer));
    }

    #[test]
    fn s23_google_takes_only_the_organisations_domains() {
        let google = Provider::Google { domains: vec!["camden.example".into()] };
        let of = |domain: Option<&str>| {
            google.identify(&Claims { hosted_domain: domain.map(str::to_owned), ..claims("https://accounts.google.com") })
        };
        assert!(of(Some("camden.example")).is_ok());
        assert_eq!(of(Some("evil.example")), Err(Refusal::Domain));
        assert_eq!(of(None), Err(Refusal::Domain));
    }

    #[test]
    fn shared_and_unsafe_issuers_cannot_be_set_up() {
        for tenant in ["common", "organizations", "consumers", "{tenantid}"] {
            assert_eq!(Provider::Entra { tenant: tenant.into() }.check(), Err(Unfit::Shared));
        }
        assert_eq!(Provider::Entra { tenant: "9188040d-6c67-4c5b-b112-36a304b66dad".into() }.check(), Err(Unfit::Tenant));
        assert_eq!(entra().check(), Ok(()));
        let open = |issuer: &str| Provider::OpenId { issuer: issuer.into() }.check();
        assert_eq!(open("https://id.camden.example"), Ok(()));
        assert_eq!(open("http://127.0.0.1:3000"), Ok(()));
        for issuer in [
            "http://id.camden.example",
            "https://",
            "https://a@b",
            "https://a?b",
            "https://a#b",
            "ftp://a",
            "http://127.0.0.1.evil.example",
        ] {
            assert_eq!(open(issuer), Err(Unfit::Issuer), "{issuer}");
        }
        for issuer in ["https://login.microsoftonline.com/common/v2.0", "https://accounts.google.com"] {
            assert_eq!(open(issuer), Err(Unfit::Shared), "{issuer}");
        }
        for domain in ["gmail.com", "camden", "Camden.example", ""] {
            assert_eq!(Provider::Google { domains: vec![domain.into()] }.check(), Err(Unfit::Domain), "{domain}");
        }
        assert_eq!(Provider::Google { domains: vec![] }.check(), Err(Unfit::Domain));
    }

    #[test]
    fn s25_unknown_strength_is_one_factor() {
        let of = |methods: &[&str], context: Option<&str>| {
            strength(&methods.iter().map(|method| (*method).to_owned()).collect::<Vec<_>>(), context)
        };
        for weak in
            [&[][..], &["pwd"], &["otp"], &["sms", "otp"], &["wia"], &["rsa"], &["pwd", "kba"], &["user", "geo"], &["MFA"]]
        {
            assert_eq!(of(weak, None), Strength::Single, "{weak:?}");
        }
        for strong in [&["mfa"][..], &["pwd", "otp"], &["hwk", "pin"], &["fpt", "swk"]] {
            assert_eq!(of(strong, None), Strength::Multiple, "{strong:?}");
        }
        assert_eq!(of(&[], Some("1")), Strength::Single);
        assert_eq!(of(&[], Some("urn:example:mfa")), Strength::Single);
        assert_eq!(of(&["pwd"], Some("phr")), Strength::Multiple);
    }

    #[test]
    fn a_check_from_the_future_or_not_stated_counts_for_nothing() {
        let at = |seconds| Claims { authenticated_at: seconds, ..Claims::default() }.checked_at(1_000_000);
        assert_eq!(at(Some(900)), Some(900_000));
        assert_eq!(at(Some(1_030)), Some(1_000_000));
        assert_eq!(at(Some(9_999)), None);
        assert_eq!(at(Some(i64::MAX)), None);
        assert_eq!(at(None), None);
    }
}
