//! What a contract's term means on a given day: its exits, the decisions they ask for, and by when.
//!
//! A notice that nobody has stated moves no day, and the day says so: a decision is then due [at the latest](Decision::at_latest)
//! on its exit, a rolling contract ends [at the earliest](Exit::at_earliest) today.

use super::{Period, Status, Term, TermKind, TermState, add_months};
use jiff::civil::Date;
use serde::Serialize;

/// Why a day is an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitKind {
    /// The current end.
    End,
    /// The end of an unused buyer's option.
    OptionEnd,
    /// A break.
    Break,
    /// The day on which it renews unless notice is given.
    Renewal,
    /// The first day that notice given today would reach.
    Notice,
    /// Any day: it is past its end.
    Now,
}

/// A day on which the contract can lawfully stop and another begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Exit {
    /// The day.
    pub date: Date,
    /// Why it is one.
    pub kind: ExitKind,
    /// Whether it can still be reached on the as-at date, given notice and lead time.
    pub reachable: bool,
    /// Whether it lies behind an option to extend that can no longer be taken up: the day to do so has passed.
    pub lost: bool,
    /// Whether it is the first day that it can be, since the notice that leads to it is not known: with one it lies later.
    pub at_earliest: bool,
}

/// What has to be done by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionKind {
    /// Take up the next option: current end less the option's notice.
    ExtendBy,
    /// Give notice: break or renewal less its notice.
    GiveNoticeBy,
    /// Start buying: the last end that can still be reached less the lead time of its route. That is the last possible end, until
    /// the day to take up an option has passed: from then on it is the end that the contract has without it. A contract whose whole term is shorter than that has no
    /// such day: it would lie before its own beginning, where nobody could have met it ([`Outlook::too_short`]).
    StartBuyingBy,
}

impl DecisionKind {
    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DecisionKind::ExtendBy => "extend-by",
            DecisionKind::GiveNoticeBy => "give-notice-by",
            DecisionKind::StartBuyingBy => "start-buying-by",
        }
    }
}

/// A day by which someone must act, and the exit it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// What has to be done.
    pub kind: DecisionKind,
    /// By when.
    pub date: Date,
    /// For which exit.
    pub exit: Date,
    /// Whether the day is past while the exit is still ahead.
    pub missed: bool,
    /// Whether it is the last day that it can be, since the notice is not known: with one it lies earlier, and may be past.
    pub at_latest: bool,
}

/// From the first reachable exit to the last one; `to` is none where there is no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct ExitInterval {
    pub from: Date,
    pub to: Option<Date>,
}

/// What a term means on a given day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// Which of the five kinds of term it is that day.
    pub term: TermState,
    /// Where it stands that day.
    pub status: Status,
    /// Its exits from that day on, in order, one entry a day.
    pub exits: Vec<Exit>,
    /// Current end plus all unused buyer's options.
    pub last_possible_end: Option<Date>,
    /// Of a fixed term, the last end that can still be reached: the last possible end without the options whose day to be taken up
    /// has passed.
    #[serde(skip)]
    pub open_end: Option<Date>,
    /// What has to be decided and by when, in order.
    pub decisions: Vec<Decision>,
    /// The earliest decision still ahead.
    pub decision_date: Option<Date>,
    /// Whether the whole term, with the options that can still be taken up, is shorter than the time it takes to buy: there is no day by which to start buying, and none missed.
    pub too_short: bool,
    /// Whether another contract took its place, so that nothing has to be bought or extended ([`Outlook::succeeded_if`]).
    #[serde(skip)]
    pub succeeded: bool,
    /// First reachable exit to last exit.
    pub interval: Option<ExitInterval>,
}

impl Outlook {
    /// The decisions whose day is past while their exit is still ahead.
    pub fn missed(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(|decision| decision.missed)
    }

    /// The same of a contract whose place another one took, where that is so: what comes next is bought, and an option need not be taken
    /// up for want of it. Notice still has to be given, or the contract goes on beside the other one.
    #[must_use]
    pub fn succeeded_if(mut self, another_took_its_place: bool) -> Self {
        if another_took_its_place {
            self.decisions.retain(|decision| decision.kind == DecisionKind::GiveNoticeBy);
            self.decision_date = next(&self.decisions);
            self.too_short = false;
            self.succeeded = true;
        }
        self
    }

    /// The same of what is no contract of its own: what has to be decided is asked elsewhere.
    #[must_use]
    pub fn asking_nothing(mut self) -> Self {
        self.decisions.clear();
        self.decision_date = None;
        self.too_short = false;
        self
    }

    /// Whether the contract has no end by its nature: it renews yearly, rolls, or runs on past its end.
    #[must_use]
    pub fn no_end(&self) -> bool {
        matches!(self.term, TermState::RenewsYearly | TermState::Rolling)
    }
}

/// What `term` means as at a day, for a purchase that takes `lead` from its start to the new contract.
#[must_use]
pub fn outlook(term: &Term, lead: Period, as_at: Date) -> Outlook {
    let (state, status) = standing(term, as_at);
    let mut found = Found { exits: Vec::new(), decisions: Vec::new(), open_end: None, too_short: false, as_at, lead };
    if status != Status::Ended {
        match state {
            TermState::Fixed => found.fixed(term),
            TermState::RenewsYearly => found.renewing(term),
            TermState::Rolling => found.rolling(term),
            TermState::PastEnd => found.exit(as_at, ExitKind::Now, true),
            TermState::NotKnown => found.breaks(term),
        }
    }
    found.finish(term, state, status)
}

/// Which kind of term it is that day, and where it stands.
fn standing(term: &Term, as_at: Date) -> (TermState, Status) {
    let begun = if term.start.is_some_and(|start| start > as_at) { Status::Future } else { Status::Current };
    let stopped = term.terminated.is_some_and(|day| day < as_at) || term.in_use == Some(false) && past(term, as_at);
    match term.kind {
        // Once notice is given, it runs to the day that was said, as one with a fixed end does.
        TermKind::RenewsYearly | TermKind::Rolling if term.terminated.is_some() && !stopped => (TermState::Fixed, begun),
        TermKind::RenewsYearly => (TermState::RenewsYearly, if stopped { Status::Ended } else { begun }),
        TermKind::Rolling => (TermState::Rolling, if stopped { Status::Ended } else { begun }),
        TermKind::Fixed | TermKind::NotKnown => match term.current_end() {
            None => (TermState::NotKnown, if begun == Status::Future { begun } else { Status::NotKnown }),
            Some(end) if end >= as_at => (TermState::Fixed, begun),
            Some(_) if stopped => (TermState::Fixed, Status::Ended),
            // An option that reaches beyond the day leaves it open whether the contract was extended: someone must say.
            Some(_) if term.in_use == Some(true) || term.last_possible_end().is_some_and(|last| last >= as_at) => {
                (TermState::PastEnd, Status::PastEnd)
            }
            Some(_) => (TermState::Fixed, Status::Ended),
        },
    }
}

/// The earliest day that is still ahead, of decisions in their order.
fn next(decisions: &[Decision]) -> Option<Date> {
    decisions.iter().find(|decision| !decision.missed).map(|decision| decision.date)
}

fn past(term: &Term, as_at: Date) -> bool {
    term.current_end().is_some_and(|end| end < as_at)
}

/// Exits and decisions while they are gathered.
struct Found {
    exits: Vec<Exit>,
    decisions: Vec<Decision>,
    open_end: Option<Date>,
    too_short: bool,
    as_at: Date,
    lead: Period,
}

impl Found {
    fn exit(&mut self, date: Date, kind: ExitKind, reachable: bool) {
        if date >= self.as_at {
            self.exits.push(Exit { date, kind, reachable, lost: false, at_earliest: false });
        }
    }

    fn decision(&mut self, kind: DecisionKind, date: Date, exit: Date) {
        if exit >= self.as_at {
            self.decisions.push(Decision { kind, date, exit, missed: date < self.as_at, at_latest: false });
        }
    }

    /// A decision that takes notice: `exit` less the notice; where that is not known, `exit` at the latest.
    fn noticed(&mut self, kind: DecisionKind, notice: Option<Period>, exit: Date) {
        let before = self.decisions.len();
        self.decision(kind, notice.unwrap_or_default().before(exit), exit);
        self.decisions.iter_mut().skip(before).for_each(|made| made.at_latest = notice.is_none());
    }

    /// The first day that notice given today would reach.
    fn rolling(&mut self, term: &Term) {
        let date = term.notice.unwrap_or_default().after(self.as_at);
        self.exits.push(Exit { date, kind: ExitKind::Notice, reachable: true, lost: false, at_earliest: term.notice.is_none() });
        self.breaks(term);
    }

    /// Whether buying could still be done by `exit` if it started today.
    fn in_time(&self, exit: Date) -> bool {
        self.lead.before(exit) >= self.as_at
    }

    fn fixed(&mut self, term: &Term) {
        let Some(end) = term.current_end() else { return };
        self.exit(end, ExitKind::End, self.in_time(end));
        let mut months = 0;
        let mut extendable = true;
        // What there is to buy before: the end that the options still open lead to.
        let mut last = end;
        for (position, option) in term.unused_options().enumerate() {
            let notice = option.notice.unwrap_or_default();
            let taken_up_by = notice.before(add_months(end, months));
            if position == 0 {
                self.noticed(DecisionKind::ExtendBy, option.notice, end);
            }
            extendable &= taken_up_by >= self.as_at;
            months += u32::from(option.months);
            let until = add_months(end, months);
            if extendable {
                last = until;
            }
            let before = self.exits.len();
            self.exit(until, ExitKind::OptionEnd, extendable && self.in_time(until));
            self.exits.iter_mut().skip(before).for_each(|made| made.lost = !extendable);
        }
        self.open_end = Some(last);
        self.breaks(term);
        let start_buying = self.lead.before(last);
        let before_it_began = term.start.is_some_and(|start| start_buying < start);
        // Where the end lies before the start, one of the two is wrong, and how far they are apart says nothing of the term.
        self.too_short = before_it_began && term.start.is_some_and(|start| start <= last);
        if !before_it_began {
            self.decision(DecisionKind::StartBuyingBy, start_buying, last);
        }
    }

    fn breaks(&mut self, term: &Term) {
        if term.terminated.is_some() {
            return;
        }
        for right in &term.breaks {
            let notice = right.notice.unwrap_or_default();
            // A right to stop at any time from a day on is an exit on the first such day that notice still reaches.
            let on = if right.or_any_time_after { right.on.max(notice.after(self.as_at)) } else { right.on };
            if term.last_possible_end().is_some_and(|last| on > last) {
                continue;
            }
            let give_by = if right.or_any_time_after && on > right.on { self.as_at } else { notice.before(on) };
            let reachable = give_by >= self.as_at && self.in_time(on);
            if on >= self.as_at {
                let at_earliest = right.or_any_time_after && right.notice.is_none() && on > right.on;
                self.exits.push(Exit { date: on, kind: ExitKind::Break, reachable, lost: false, at_earliest });
            }
            if !right.or_any_time_after || on == right.on {
                self.noticed(DecisionKind::GiveNoticeBy, right.notice, on);
            }
        }
    }

    fn renewing(&mut self, term: &Term) {
        self.breaks(term);
        let Some(first) = term.end else { return };
        let notice = term.notice.unwrap_or_default();
        let years_past = u32::try_from(i32::from(self.as_at.year()) - i32::from(first.year())).unwrap_or(0);
        for year in years_past.saturating_sub(1).. {
            let renewal = add_months(first, year.saturating_mul(12));
            if renewal < self.as_at {
                continue;
            }
            let give_by = notice.before(renewal);
            self.exit(renewal, ExitKind::Renewal, give_by >= self.as_at && self.in_time(renewal));
            self.noticed(DecisionKind::GiveNoticeBy, term.notice, renewal);
            if give_by >= self.as_at && self.in_time(renewal) || renewal == Date::MAX {
                break;
            }
        }
    }

    fn finish(mut self, term: &Term, state: TermState, status: Status) -> Outlook {
        self.exits.sort_by_key(|exit| (exit.date, !exit.reachable, exit.kind));
        self.exits.dedup_by_key(|exit| exit.date);
        self.decisions.sort_by_key(|decision| (decision.date, decision.kind));
        let endless = matches!(state, TermState::RenewsYearly | TermState::Rolling | TermState::PastEnd);
        let interval = self.exits.iter().find(|exit| exit.reachable).map(|first| ExitInterval {
            from: first.date,
            to: if endless { None } else { self.exits.last().map(|last| last.date) },
        });
        Outlook {
            term: state,
            status,
            last_possible_end: term.last_possible_end(),
            open_end: self.open_end,
            decision_date: next(&self.decisions),
            exits: self.exits,
            decisions: self.decisions,
            too_short: self.too_short,
            succeeded: false,
            interval,
        }
    }
}
