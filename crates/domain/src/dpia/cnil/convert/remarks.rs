//! What was said of answers, risks and measures: evaluations with their plans of action, comments, opinions.

use super::*;

impl Convert<'_> {
    pub(super) fn evaluations(&mut self) {
        for spot in self.pia.list("evaluations") {
            let about = spot.get("reference_to").and_then(|reference| self.evaluated(&reference));
            let status = spot.get("status");
            let verdict = Verdict::from_code(status.as_ref().and_then(Spot::number).unwrap_or_default());
            let to = about.unwrap_or(About::Whole);
            let mut sources = vec![];
            if let (About::Risk(kind), Some(gauges)) = (&to, spot.get("gauges")) {
                let severity = gauges.get("x").and_then(|x| self.gauge(&x, &to, &mut sources));
                let likelihood = gauges.get("y").and_then(|y| self.gauge(&y, &to, &mut sources));
                let risk = self.risk(*kind);
                risk.residual_severity = severity.or(risk.residual_severity);
                risk.residual_likelihood = likelihood.or(risk.residual_likelihood);
                risk.sources.append(&mut sources);
            }
            let at = spot.get("evaluation_date").or_else(|| spot.get("updated_at")).and_then(|at| instant(&at));
            let text = self.take_text(spot.get("evaluation_comment"), &to, &mut sources);
            if verdict != Verdict::Pending || !sources.is_empty() {
                if let Some(status) = &status {
                    sources.extend(self.take(status, &to));
                }
                if let Some(date) = spot.get("evaluation_date") {
                    sources.extend(self.take(&date, &to));
                }
                let kind = RemarkKind::Evaluation(verdict);
                self.out.remarks.push(Remark { about: to.clone(), kind, text, at, sources });
            }
            self.action_plan(&spot, to, at);
        }
    }

    fn action_plan(&mut self, spot: &Spot<'_>, to: About, at: Option<i64>) {
        let mut sources = vec![];
        let text = self.take_text(spot.get("action_plan_comment"), &to, &mut sources);
        let owner = self.take_text(spot.get("person_in_charge"), &to, &mut sources);
        let mut due = None;
        if let Some(date) = spot.get("estimated_implementation_date").filter(|date| date.text().is_some()) {
            due = date.text().and_then(day);
            if due.is_none() {
                self.changed(&date, How::Unreadable);
            }
            sources.extend(self.take(&date, &to));
        }
        if sources.is_empty() {
            return;
        }
        if let About::Measure(number) = to
            && let Some(measure) = self.out.measures.get_mut(number)
        {
            measure.owner.clone_from(&owner);
            measure.due = due;
        }
        self.out.remarks.push(Remark { about: to, kind: RemarkKind::ActionPlan { owner, due }, text, at, sources });
    }

    /// What an evaluation is about: `S.I`, `2.I.QQQ`, or `3.1.` and a measure's id.
    fn evaluated(&mut self, reference: &Spot<'_>) -> Option<About> {
        let text = reference.id()?;
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        let about = match *parts.as_slice() {
            ["3", "1", id] => {
                let number = self.measure_ids.get(id).copied();
                self.changed(reference, if number.is_some() { How::Relinked } else { How::BrokenLink });
                Some(About::Measure(number?))
            }
            [_, _, number] if self.own_questions.is_empty() => Some(match question(number.parse().ok()?)? {
                Question::Slot(slot) => About::Answer(slot),
                Question::Risk(kind, _) => About::Risk(kind),
            }),
            ["3", item] => risk(30 + item.parse::<i64>().ok()?).map(About::Risk),
            ["1", "1"] => Some(About::Answer(Slot::Overview)),
            ["1", "2"] => Some(About::Answer(Slot::Data)),
            _ => None,
        }?;
        let source = self.take(reference, &about);
        self.out.sources.extend(source);
        Some(about)
    }

    pub(super) fn comments(&mut self) {
        for spot in self.pia.list("comments") {
            let for_measure = spot.get("for_measure").and_then(|flag| flag.yes()).unwrap_or_default();
            let reference = spot.get("reference_to");
            let about = reference.as_ref().and_then(|reference| {
                if for_measure {
                    return self.measure_ids.get(&reference.id()?).map(|number| About::Measure(*number));
                }
                let number = reference.number().filter(|number| !self.own_questions.contains_key(number))?;
                Some(match question(number)? {
                    Question::Slot(slot) => About::Answer(slot),
                    Question::Risk(kind, _) => About::Risk(kind),
                })
            });
            let at = spot.get("created_at").and_then(|at| instant(&at));
            let mut sources = vec![];
            if let (Some(reference), Some(about)) = (&reference, &about) {
                if for_measure {
                    self.changed(reference, How::Relinked);
                }
                sources.extend(self.take(reference, about));
            } else if let Some(reference) = &reference {
                self.changed(reference, How::BrokenLink);
            }
            let about = about.unwrap_or(About::Whole);
            let text = self.take_text(spot.get("description"), &about, &mut sources);
            if !sources.is_empty() {
                self.out.remarks.push(Remark { about, kind: RemarkKind::Comment, text, at, sources });
            }
        }
    }

    pub(super) fn opinions(&mut self) {
        let status = |key: &str| self.pia.own(key).and_then(|spot| spot.yes());
        let dpo = status("dpo_status");
        let people = status("concerned_people_status");
        self.opinion(RemarkKind::DpoOpinion(dpo), "dpo_opinion", Some("dpo_status"));
        self.opinion(RemarkKind::PeopleOpinion(people), "concerned_people_opinion", Some("concerned_people_status"));
        self.opinion(RemarkKind::PeopleNotAsked, "concerned_people_searched_content", Some("concerned_people_searched_opinion"));
        self.opinion(RemarkKind::Rejection, "rejection_reason", None);
        self.opinion(RemarkKind::Adjustments, "applied_adjustments", None);
    }

    fn opinion(&mut self, kind: RemarkKind, key: &str, status: Option<&str>) {
        let mut sources = vec![];
        let text = self.take_text(self.pia.own(key), &About::Whole, &mut sources);
        if sources.is_empty() {
            return;
        }
        if let Some(status) = status.and_then(|key| self.pia.own(key)) {
            self.changed(&status, How::NotCarriedOver);
            sources.extend(self.take(&status, &About::Whole));
        }
        self.out.remarks.push(Remark { about: About::Whole, kind, text, at: None, sources });
    }
}
