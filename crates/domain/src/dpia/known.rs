//! Every file of templates, rules and routes that a server knows, with whose each is: the shipped ones, and those that are
//! stored. One value holds them all; it is made anew when a file is published, and whoever uses it keeps it to the end of what
//! they do.
//!
//! The database is the truth: where it holds a shipped file's URN and version, its words count, so that a version stays what it
//! was when a newer program ships. Drafts are not known here: nobody can use them.
//!
//! `routes` says which route of sign-off counts for whom; `overlays` which additions to its template a frozen text has.

use super::{
    assessment::Assessment,
    file::Problem,
    library::{self, Library, SHIPPED},
    overlay::Overlay,
    sign_off::{Route, route},
    stored::Stored,
    template::{Edition, Template},
};
use crate::register::ids::OrganisationId;
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    sync::Arc,
};

mod overlays;
mod routes;

/// All files that are known.
#[derive(Clone, Debug)]
pub struct Known {
    library: Library,
    /// The library's templates, for those who keep one.
    ready: BTreeMap<Edition, Arc<Template>>,
    /// The library's overlays, each with whose it is.
    additions: Vec<(OrganisationId, Overlay)>,
    routes: Vec<Owned>,
}

/// A route of sign-off with whose it is.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The organisation; none for the one that all follow who have none of their own.
    pub organisation: Option<OrganisationId>,
    /// The route.
    pub route: Arc<Route>,
    /// The file, word for word.
    pub text: String,
}

impl Deref for Known {
    type Target = Library;

    fn deref(&self) -> &Library {
        &self.library
    }
}

impl Known {
    /// What ships, and nothing besides.
    #[must_use]
    pub fn shipped() -> Self {
        Self::of(&[]).0
    }

    /// What ships and what is stored; what is wrong with a stored file is said, and the file left out.
    #[must_use]
    pub fn of(stored: &[Stored]) -> (Self, Vec<Problem>) {
        let published: Vec<&Stored> = stored.iter().filter(|file| file.published).collect();
        let shipped = |text: &str| SHIPPED.iter().any(|(_, known)| *known == text);
        let replaced =
            published.iter().any(|file| library::shipped().texts.get(&file.edition).is_some_and(|text| *text != file.text));
        let mut problems = Vec::new();
        // Reading the shipped files takes a tenth of a second; they are read once, unless the database says otherwise of one.
        let mut known = if replaced {
            let mut all = Library::default();
            let kept = |text: &str| {
                !published
                    .iter()
                    .any(|file| library::shipped().texts.iter().any(|(edition, words)| *edition == file.edition && words == text))
            };
            let files: Vec<_> = SHIPPED.into_iter().filter(|(_, text)| kept(text)).collect();
            let _ = all.add(&files);
            all
        } else {
            library::shipped().clone()
        };
        let names: Vec<(String, &str)> = published
            .iter()
            .filter(|file| {
                file.kind != "sign-off" && (replaced || !shipped(&file.text)) && !known.texts.contains_key(&file.edition)
            })
            .map(|file| (file.edition.to_string(), file.text.as_str()))
            .collect();
        problems.extend(known.add(&names.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>()));
        let mut routes = Vec::new();
        let shipped_route = (None, "sign-off.yaml".to_owned(), route::SHIPPED);
        let own = published.iter().filter(|file| file.kind == "sign-off" && file.text != route::SHIPPED);
        let files = own.map(|file| (file.organisation, file.edition.to_string(), file.text.as_str()));
        for (organisation, name, text) in std::iter::once(shipped_route).chain(files) {
            match Route::read(&name, text) {
                Ok(read) => routes.push(Owned { organisation, route: Arc::new(read), text: text.to_owned() }),
                Err(found) => problems.extend(found),
            }
        }
        let owner = |edition: &Edition| published.iter().find(|file| file.edition == *edition).and_then(|file| file.organisation);
        let additions = known.overlays.iter().filter_map(|one| Some((owner(&one.edition)?, one.clone()))).collect();
        let ready = known.templates.iter().map(|one| (one.edition.clone(), Arc::new(one.clone()))).collect();
        (Self { library: known, ready, additions, routes }, problems)
    }

    /// The template of an edition, without overlays.
    #[must_use]
    pub fn shared(&self, edition: &Edition) -> Option<Arc<Template>> {
        self.ready.get(edition).cloned()
    }

    /// The template of an assessment as its parties see it on a day, with what each controller adds to its own annex. What is
    /// frozen or signed keeps the overlays that it was frozen with: one that an organisation publishes later asks nothing of it,
    /// and counts from the next opening.
    #[must_use]
    pub fn template_of(&self, assessment: &Assessment, on: Date) -> Option<Arc<Template>> {
        let overlays = assessment.controllers().map(|one| {
            let overlay = match assessment.frozen_overlay(one) {
                Some(frozen) => {
                    frozen.and_then(|edition| self.additions.iter().find(|(of, own)| *of == one && own.edition == *edition))
                }
                None => self.overlay_entry(&assessment.template, one, on),
            };
            overlay
                .map(|(_, overlay)| overlay)
                .filter(|overlay| overlay.covers(&assessment.template))
                .map(|overlay| (one, overlay))
        });
        self.with(&assessment.template, overlays.flatten())
    }

    /// A template with the overlays of some organisations that hold on a day.
    #[must_use]
    pub fn laid(
        &self,
        edition: &Edition,
        organisations: impl Iterator<Item = OrganisationId>,
        on: Date,
    ) -> Option<Arc<Template>> {
        self.with(edition, organisations.filter_map(|one| Some((one, self.overlay(edition, one, on)?))))
    }

    /// A template with some overlays.
    fn with<'a>(
        &self,
        edition: &Edition,
        overlays: impl Iterator<Item = (OrganisationId, &'a Overlay)>,
    ) -> Option<Arc<Template>> {
        let template = self.ready.get(edition)?;
        if self.additions.is_empty() {
            return Some(template.clone());
        }
        let laid = overlays.fold(None, |laid: Option<Template>, (organisation, overlay)| {
            Some(overlay.apply(laid.as_ref().unwrap_or(template), organisation))
        });
        Some(laid.map_or_else(|| template.clone(), Arc::new))
    }

    /// What an organisation adds to a template on a day: its overlay that came into force last.
    #[must_use]
    pub fn overlay(&self, edition: &Edition, organisation: OrganisationId, on: Date) -> Option<&Overlay> {
        self.overlay_entry(edition, organisation, on).map(|(_, one)| one)
    }

    fn overlay_entry(&self, edition: &Edition, organisation: OrganisationId, on: Date) -> Option<&(OrganisationId, Overlay)> {
        let own = self.additions.iter().filter(|(of, one)| *of == organisation && one.covers(edition) && one.in_force <= on);
        own.max_by_key(|(_, one)| (one.in_force, library::order(&one.edition.version)))
    }

    /// The overlays with whose each is.
    #[must_use]
    pub fn overlays_of(&self) -> &[(OrganisationId, Overlay)] {
        &self.additions
    }

    /// The routes with whose each is, the shipped one first.
    #[must_use]
    pub fn routes(&self) -> &[Owned] {
        &self.routes
    }

    /// Every file that is known, by URN and version.
    #[must_use]
    pub fn editions(&self) -> BTreeSet<Edition> {
        self.texts.keys().chain(self.routes.iter().map(|one| &one.route.edition)).cloned().collect()
    }

    /// A file word for word.
    #[must_use]
    pub fn text(&self, edition: &Edition) -> Option<&str> {
        let route = || self.routes.iter().find(|one| one.route.edition == *edition).map(|one| one.text.as_str());
        self.texts.get(edition).map(String::as_str).or_else(route)
    }

    /// The day from which a file is in force.
    #[must_use]
    pub fn since(&self, edition: &Edition) -> Option<Date> {
        let here = |known: &Edition, day: Date| (known == edition).then_some(day);
        let mut routes = self.routes.iter().filter_map(|one| here(&one.route.edition, one.route.in_force));
        let mut others = self
            .library
            .templates
            .iter()
            .filter_map(|one| here(&one.edition, one.in_force))
            .chain(self.screening.iter().filter_map(|one| here(&one.edition, one.in_force)))
            .chain(self.options.iter().filter_map(|one| here(&one.edition, one.in_force)))
            .chain(self.library.overlays.iter().filter_map(|one| here(&one.edition, one.in_force)));
        others.next().or_else(|| routes.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::assessment::Party;
    use jiff::civil::date;
    use uuid::Uuid;

    const TODAY: Date = date(2026, 11, 23);
    const OVERLAY: &str = "kind: overlay\nurn: urn:example:overlay:camden\nversion: 1.0.0\ntitle: Ours\nabout: Our own.\nin-force: 2026-03-01\norganisation: camden\nof: {urn: \"urn:citytools:dpia:uk-gdpr\", version: 1.0.0}\nguidance: [{field: aims, text: Ask us.}]\nfields:\n  - section: our-part\n    field: {id: local-camden-board, label: Which board agreed?, kind: text}\n";

    fn stored(kind: &str, urn: &str, version: &str, organisation: Option<u128>, text: &str) -> Stored {
        Stored {
            id: Uuid::now_v7(),
            kind: kind.to_owned(),
            edition: Edition { urn: urn.to_owned(), version: version.to_owned() },
            title: String::new(),
            in_force: date(2026, 3, 1),
            organisation: organisation.map(|number| OrganisationId(Uuid::from_u128(number))),
            text: text.to_owned(),
            published: true,
            by: None,
            updated_at: 0,
        }
    }

    fn dpia() -> Edition {
        Edition { urn: "urn:citytools:dpia:uk-gdpr".to_owned(), version: "1.0.0".to_owned() }
    }

    #[test]
    fn an_overlay_shows_in_its_own_annex_and_nowhere_else() {
        let (known, problems) = Known::of(&[stored("overlay", "urn:example:overlay:camden", "1.0.0", Some(1), OVERLAY)]);
        assert!(problems.is_empty(), "{problems:#?}");
        let [camden, hackney] = [1, 2].map(|number| OrganisationId(Uuid::from_u128(number)));
        let own = known.laid(&dpia(), [camden, hackney].into_iter(), TODAY).unwrap();
        let others = known.laid(&dpia(), [hackney].into_iter(), TODAY).unwrap();
        let before = known.laid(&dpia(), [camden].into_iter(), date(2026, 1, 1)).unwrap();
        let field = own.field("local-camden-board").unwrap();
        assert_eq!(field.only_for, Some(camden));
        assert!(others.field("local-camden-board").is_none() && before.field("local-camden-board").is_none());
        assert!(Arc::ptr_eq(&others, &known.shared(&dpia()).unwrap()), "nothing is copied where nothing is added");
    }

    #[test]
    fn what_is_frozen_keeps_the_overlays_that_it_was_frozen_with_until_it_is_opened() {
        use crate::dpia::assessment::State;
        let later = OVERLAY.replace("version: 1.0.0\ntitle", "version: 2.0.0\ntitle").replace(
            "kind: text}",
            "kind: text}\n  - section: our-part\n    field: {id: local-camden-late, label: What else?, kind: text, required: true}",
        );
        let first = || stored("overlay", "urn:example:overlay:camden", "1.0.0", Some(1), OVERLAY);
        let second = stored("overlay", "urn:example:overlay:camden", "2.0.0", Some(1), &later);
        let (before, _) = Known::of(&[first()]);
        let (after, problems) = Known::of(&[first(), second]);
        assert!(problems.is_empty(), "{problems:#?}");
        let [camden, hackney] = [1, 2].map(|number| OrganisationId(Uuid::from_u128(number)));
        let mut assessment = crate::dpia::assessment::tests::assessment();
        assessment.template = dpia();
        assessment.parties =
            [camden, hackney].map(|organisation| Party { organisation, ..assessment.parties[0].clone() }).to_vec();
        let asks = |known: &Known, assessment: &Assessment| {
            let template = known.template_of(assessment, TODAY).unwrap();
            (template.field("local-camden-board").is_some(), template.field("local-camden-late").is_some())
        };
        assert_eq!((asks(&before, &assessment), asks(&after, &assessment)), ((true, false), (true, true)));
        // As freezing keeps it.
        let laid = before.template_of(&assessment, TODAY).unwrap();
        assessment.overlays = assessment.controllers().map(|one| (one, laid.laid.get(&one).cloned())).collect();
        for state in [State::Review, State::Decision, State::Signed, State::Live] {
            assessment.state = state;
            assert_eq!(asks(&after, &assessment), (true, false), "{state:?}");
        }
        assessment.open_annexes.insert(camden);
        assert_eq!(asks(&after, &assessment), (true, true), "its annex is open for changes");
        assessment.open_annexes.clear();
        assessment.state = State::Drafting;
        assert_eq!(asks(&after, &assessment), (true, true));
        // An organisation that had none when it was frozen has none; one that joined later follows its own.
        assessment.state = State::Signed;
        assessment.overlays = [(camden, None)].into();
        assert_eq!(asks(&after, &assessment), (false, false));
        assessment.overlays.clear();
        assert_eq!(asks(&after, &assessment), (true, true));
    }

    #[test]
    fn a_draft_and_a_file_that_is_not_sound_are_not_known() {
        let mut draft = stored("overlay", "urn:example:overlay:camden", "1.0.0", Some(1), OVERLAY);
        draft.published = false;
        let broken = stored("template", "urn:example:t", "1.0.0", None, "kind: template\n");
        let (known, problems) = Known::of(&[draft, broken]);
        assert!(known.overlays_of().is_empty() && !problems.is_empty());
        assert_eq!(known.templates.len(), Library::shipped().unwrap().templates.len());
    }

    #[test]
    fn an_organisation_follows_its_own_route_from_its_day_on() {
        let text = route::SHIPPED.replace("urn: urn:citytools:sign-off:shipped", "urn: urn:citytools:sign-off:camden");
        assert_ne!(text, route::SHIPPED);
        let day = date(2026, 11, 1);
        let text = text
            .lines()
            .map(|line| if line.starts_with("in-force:") { format!("in-force: {day}\n") } else { format!("{line}\n") })
            .collect::<String>();
        let (known, problems) = Known::of(&[stored("sign-off", "urn:citytools:sign-off:camden", "1.0.0", Some(1), &text)]);
        assert!(problems.is_empty(), "{problems:#?}");
        let urn = |number: u128, on| known.route(OrganisationId(Uuid::from_u128(number)), on).unwrap().edition.urn.clone();
        assert!(
            urn(1, TODAY).ends_with(":camden")
                && !urn(2, TODAY).ends_with(":camden")
                && !urn(1, date(2026, 10, 1)).ends_with(":camden")
        );
        // Of an assessment that both control, each follows its own, whoever leads it.
        let [one, two] = [1, 2].map(|number| OrganisationId(Uuid::from_u128(number)));
        for lead in [one, two] {
            let mut assessment = crate::dpia::assessment::tests::assessment();
            assessment.parties = [one, two].map(|organisation| Party { organisation, ..assessment.parties[0].clone() }).to_vec();
            assessment.lead = lead;
            let routes = known.routes_of(&assessment, TODAY).unwrap();
            assert!(routes.is_own(one) && routes.of(one).edition.urn.ends_with(":camden"));
            assert!(!routes.is_own(two) && !routes.of(two).edition.urn.ends_with(":camden"));
        }
    }

    #[test]
    fn the_database_is_the_truth_about_a_shipped_version() {
        let words = SHIPPED[3].1.replacen("title: ", "title: Older ", 1);
        let edition = &library::shipped()
            .templates
            .iter()
            .find(|one| one.purpose == crate::dpia::template::Purpose::Review)
            .unwrap()
            .edition;
        let (known, problems) = Known::of(&[stored("template", &edition.urn, &edition.version, None, &words)]);
        assert!(problems.is_empty(), "{problems:#?}");
        assert!(known.shared(edition).unwrap().title.starts_with("Older "));
        assert_eq!(known.templates.len(), library::shipped().templates.len());
    }
}
