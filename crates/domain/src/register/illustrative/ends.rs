//! How the made-up contracts run: deals kinds of term and days of ending over the contracts, all relative to the as-at date.

use super::{Council, random::Random};
use crate::register::terms::{Break, Extension, ExtensionBy, ExtensionKind, Period, Term, TermKind, add_months};
use jiff::{Span, civil::Date};

/// Of so many contracts, so many are of each kind and end in each of the coming years.
const OF: usize = 704;
const PAST: usize = 42;
const YEARLY: usize = 66;
const ROLLING: usize = 42;
const UNKNOWN: usize = 60;
const BY_YEAR: [usize; 5] = [74, 112, 118, 112, 45];

/// What becomes of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Past,
    Yearly,
    Rolling,
    Unknown,
    /// Its last possible end lies in this year from the as-at date, counted from 0.
    Ends(usize),
}

/// A contract as far as its term needs to know it.
pub(super) struct Running<'a> {
    pub(super) council: &'a Council<'a>,
    /// It is for the product that the seven share.
    pub(super) shared: bool,
    /// It is for the core system of a service.
    pub(super) core: bool,
}

/// The terms of the contracts, in their order.
pub(super) fn terms(contracts: &[Running<'_>], as_at: Date, seed: u64) -> Vec<Term> {
    let random = &mut Random::new(seed, "ends");
    let mut open: Vec<(f64, usize)> = (0..contracts.len())
        .filter(|number| !contracts[*number].shared)
        // The less complete a council's record, the sooner its contracts lack an end.
        .map(|number| (-random.unit().ln() / (1.02 - contracts[number].council.row.complete), number))
        .collect();
    open.sort_by(|one, other| one.0.total_cmp(&other.0));
    let count = |of: usize| (of * open.len() + OF / 2) / OF;
    let mut order: Vec<usize> = open.iter().map(|entry| entry.1).collect();
    let mut rest = order.split_off(count(UNKNOWN));
    random.shuffle(&mut rest);
    let deck = std::iter::repeat_n(Fate::Past, count(PAST))
        .chain(std::iter::repeat_n(Fate::Yearly, count(YEARLY)))
        .chain(std::iter::repeat_n(Fate::Rolling, count(ROLLING)))
        .chain(BY_YEAR.iter().enumerate().flat_map(|(year, of)| std::iter::repeat_n(Fate::Ends(year), count(*of))));
    let mut fates = vec![None; contracts.len()];
    order.into_iter().for_each(|number| fates[number] = Some(Fate::Unknown));
    let mut deck = deck.chain((5..8).cycle().map(Fate::Ends));
    rest.iter().for_each(|number| fates[*number] = deck.next());
    // Contracts for core systems run longer, so fewer of them end soon.
    for number in rest.iter().copied().filter(|number| contracts[*number].core) {
        let other = rest[random.below(rest.len())];
        let soon = matches!(fates[number], Some(Fate::Ends(0 | 1)));
        if soon && !contracts[other].core && matches!(fates[other], Some(Fate::Ends(2..))) {
            fates.swap(number, other);
        }
    }
    let mut made: Vec<Term> = Vec::with_capacity(contracts.len());
    for (contract, fate) in contracts.iter().zip(fates) {
        made.push(match fate {
            Some(fate) => term(fate, contract.council, as_at, random),
            None => shared(&contract.council.row.organisation, as_at, random),
        });
    }
    made
}

fn term(fate: Fate, council: &Council<'_>, as_at: Date, random: &mut Random) -> Term {
    let mut term = match fate {
        Fate::Past => past(as_at, random),
        Fate::Yearly => yearly(council, as_at, random),
        Fate::Rolling => Term {
            kind: TermKind::Rolling,
            start: Some(days(as_at, -random.between(200, 3600)).first_of_month()),
            notice: council.says(0.6, random).then(|| notice(random)),
            ..Term::default()
        },
        Fate::Unknown => Term {
            // Some are known to be fixed, but not until when.
            kind: if random.chance(0.25) { TermKind::Fixed } else { TermKind::NotKnown },
            start: Some(days(as_at, -random.between(100, 3000)).first_of_month()),
            ..Term::default()
        },
        Fate::Ends(year) => fixed(last_day(year, as_at, random), year, council, as_at, random),
    };
    if !council.says(1.2, random) {
        term.start = None;
    }
    if let Some(end) = term.end.filter(|_| council.says(1.8, random)) {
        term.review = Some(months(end, -random.pick(6, &[6, 9, 12, 3])));
    }
    term
}

fn past(as_at: Date, random: &mut Random) -> Term {
    let ended = days(as_at, -1 - random.between(0, 900));
    // Most contracts end with a month, if that month is over.
    let end = if random.chance(0.8) { days(ended.first_of_month(), -1) } else { ended };
    let mut term = agreed(end, random.between(2, 5), Vec::new());
    if random.chance(0.4) {
        term = agreed(end, random.between(3, 5), vec![option(12, true, random)]);
    }
    term.in_use = Some(true);
    term
}

fn yearly(council: &Council<'_>, as_at: Date, random: &mut Random) -> Term {
    // Notice must be given some months before the next renewal; for some of these it no longer can be.
    let mut renewal = last_day(0, as_at, random);
    if renewal < months(as_at, 6) && random.chance(0.4) {
        renewal = last_day(0, as_at, random);
    }
    let since = random.between(0, 5);
    let end = months(renewal, -12 * since);
    let mut term = agreed(end, random.between(1, 3), Vec::new());
    term.kind = TermKind::RenewsYearly;
    term.notice = council.says(0.5, random).then(|| notice(random));
    term
}

/// A fixed term whose last possible end is `last`.
fn fixed(last: Date, year: usize, council: &Council<'_>, as_at: Date, random: &mut Random) -> Term {
    let ladder: &[u16] = match random.below(20) {
        0..=4 => &[12],
        5..=6 => &[12, 12],
        7 => &[24],
        8 => &[6],
        _ => &[],
    };
    let end = back(last, i64::from(ladder.iter().sum::<u16>()));
    // An option counts only while it can still be taken up.
    let (end, ladder) = if months(as_at, 4) < end { (end, ladder) } else { (last, &[][..]) };
    let mut extensions: Vec<Extension> = ladder.iter().map(|months| option(*months, false, random)).collect();
    extensions.iter_mut().filter(|_| !council.says(0.8, random)).for_each(|extension| extension.notice = None);
    if random.chance(0.2) {
        extensions.insert(0, option(random.pick(12, &[12, 24]), true, random));
    }
    if random.chance(0.08) {
        let mut agreement = option(12, false, random);
        agreement.by = ExtensionBy::Agreement;
        extensions.push(agreement);
    }
    let mut years = random.pick(3, &[2, 3, 4, 5, 5]);
    if year < 5 || random.chance(0.9) {
        // It has begun.
        while months(end, -12 * years) >= as_at && years < 20 {
            years += 1;
        }
    }
    let mut term = agreed(end, years, extensions);
    let away = i64::from((end - as_at).get_days());
    if random.chance(0.1) && away > 500 {
        term.breaks.push(Break {
            on: back(end, random.pick(12, &[12, 6])),
            or_any_time_after: random.chance(0.4),
            notice: Some(random.pick(Period::months(6), &[Period::months(3), Period { months: 0, days: 90 }])),
        });
    } else if year == 0 && random.chance(0.04) {
        // Ended early, by notice.
        term.extensions.clear();
        term.end = Some(months(end, 12));
        term.terminated = Some(end);
    }
    term
}

/// The terms of the product that the seven share: they may all stop on the last day of one quarter, some 28 to 31 months
/// from the as-at date; the other users of it may not.
fn shared(slug: &str, as_at: Date, random: &mut Random) -> Term {
    let in_quarter = months(as_at, 28);
    let day = months(in_quarter.first_of_month(), i64::from((12 - in_quarter.month()) % 3)).last_of_month();
    let whole = |length: u16, notice: u16| Extension {
        months: length,
        kind: ExtensionKind::Whole,
        notice: Some(Period::months(notice)),
        ..Extension::default()
    };
    let used = |length: u16| Extension { used: true, ..whole(length, 3) };
    match slug {
        "southwark" => agreed(back(day, 24), 5, vec![whole(12, 3), whole(12, 3)]),
        "lewisham" => agreed(back(day, 12), 6, vec![Extension { kind: ExtensionKind::UpTo, ..whole(12, 6) }]),
        "hackney" => agreed(day, 5, vec![used(12)]),
        "lambeth" => agreed(day, 4, vec![Extension { by: ExtensionBy::Agreement, ..whole(12, 6) }]),
        "islington" => {
            let mut term = agreed(day, 5, Vec::new());
            term.breaks.push(Break { on: back(day, 9), or_any_time_after: true, notice: Some(Period::months(6)) });
            term
        }
        "camden" => agreed(back(day, 12), 4, vec![used(24), whole(12, 3)]),
        "haringey" => agreed(day, 7, Vec::new()),
        "brent" => agreed(back(day, 21), 5, vec![used(24)]),
        "waltham-forest" => agreed(back(day, 5), 5, Vec::new()),
        "tower-hamlets" => agreed(back(day, -30), 7, Vec::new()),
        _ => Term { start: Some(days(as_at, -random.between(1500, 3000)).first_of_month()), ..Term::default() },
    }
}

/// A fixed term to `end`, of so many years beside the options used.
fn agreed(end: Date, years: i64, extensions: Vec<Extension>) -> Term {
    let used: i64 = extensions.iter().filter(|extension| extension.used).map(|extension| i64::from(extension.months)).sum();
    Term {
        kind: TermKind::Fixed,
        start: Some(days(back(end, 12 * years + used), 1)),
        end: Some(end),
        extensions,
        ..Term::default()
    }
}

fn option(length: u16, used: bool, random: &mut Random) -> Extension {
    Extension {
        months: length,
        kind: if random.chance(0.6) { ExtensionKind::UpTo } else { ExtensionKind::Whole },
        by: ExtensionBy::BuyerOption,
        notice: Some(notice(random)),
        used,
    }
}

fn notice(random: &mut Random) -> Period {
    let ninety = Period { months: 0, days: 90 };
    random.pick(Period::months(3), &[Period::months(3), Period::months(6), Period::months(1), ninety])
}

/// A day in the given year from the as-at date: mostly the end of a month, and of the financial year most of all.
fn last_day(year: usize, as_at: Date, random: &mut Random) -> Date {
    let first = months(as_at, 12 * i64::try_from(year).unwrap_or(0));
    let until = months(first, 12);
    if random.chance(0.12) {
        return days(first, random.between(1, 364));
    }
    let ends: Vec<Date> = (0..=12)
        .map(|month| months(first.first_of_month(), month).last_of_month())
        .filter(|end| *end > first && *end <= until)
        .collect();
    let weights: Vec<f64> = ends
        .iter()
        .map(|end| match end.month() {
            3 => 40.0,
            6 => 8.0,
            9 => 12.0,
            12 => 10.0,
            _ => 4.0,
        })
        .collect();
    random.weighted(&weights).and_then(|chosen| ends.get(chosen).copied()).unwrap_or(until)
}

/// So many days later, or earlier.
pub(super) fn days(date: Date, count: i64) -> Date {
    date.saturating_add(Span::new().days(count))
}

/// So many months later, or earlier.
pub(super) fn months(date: Date, count: i64) -> Date {
    match u32::try_from(count) {
        Ok(ahead) => add_months(date, ahead),
        Err(_) => date.saturating_add(Span::new().months(count.max(-120_000))),
    }
}

/// So many months earlier, from a month's end to a month's end.
fn back(date: Date, count: i64) -> Date {
    let earlier = months(date, -count);
    if date == date.last_of_month() { earlier.last_of_month() } else { earlier }
}
