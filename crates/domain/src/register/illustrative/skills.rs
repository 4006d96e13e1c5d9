//! What councils can do and teach: a handful of skills each, in words that several share. Numbers of people, never a person.

use super::{
    World,
    ends::days,
    random::{Random, id},
};
use crate::register::{
    edit::skill,
    ids::SkillId,
    records::{Skill, SkillLevel},
};

/// Skills that councils' digital and data teams speak of.
const NAMES: [&str; 14] = [
    "Accessibility testing",
    "Agile delivery",
    "Application integration",
    "Business analysis",
    "Contract negotiation",
    "Cyber security",
    "Data engineering",
    "Data protection impact assessments",
    "GIS",
    "Low-code development",
    "Power BI",
    "Procurement of technology",
    "Service design",
    "User research",
];

/// The records: the fuller a council's record, the more skills stand in it.
pub(super) fn records(world: &World<'_>, seed: u64) -> Vec<Skill> {
    let random = &mut Random::new(seed, "skills");
    let mut made = Vec::new();
    for council in &world.councils {
        let mut names = NAMES;
        random.shuffle(&mut names);
        let wanted = 1 + (council.row.complete * 5.0) as usize + random.below(3);
        for name in names.into_iter().take(wanted) {
            let level =
                [SkillLevel::Awareness, SkillLevel::Working, SkillLevel::Working, SkillLevel::Practitioner, SkillLevel::Expert]
                    [random.below(5)];
            let confirmed = random.chance(council.row.fresh).then(|| days(world.as_at, -random.between(1, 360)));
            let teaches = if level >= SkillLevel::Practitioner { 0.5 } else { 0.0 };
            made.push(Skill {
                id: SkillId(id(seed, "skill", made.len())),
                key: skill::key(&council.record.slug, name, level),
                organisation: council.record.id,
                name: name.to_owned(),
                level,
                people: council.says(0.6, random).then(|| random.between(1, 9)),
                offers_training: random.chance(teaches),
                origin: super::origin(),
                confirmed,
                updated_at: super::updated_at(confirmed, world.as_at, random),
            });
        }
    }
    made
}
