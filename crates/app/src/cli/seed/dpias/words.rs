//! What the illustrative assessments say. All of it is made up: no council, supplier or person did any of this.

/// Answers of the assessment that is signed and published: online resident parking permits.
pub const PERMITS: &[(&str, &str)] = &[
    (
        "aims",
        "Residents buy and renew a parking permit online, at any hour, instead of coming to an office with papers. An illustrative example.",
    ),
    (
        "need",
        "About 30,000 households use the service, and registration numbers say where people live. No rule requires an assessment by itself; the council does one so that residents can read how their data is used.",
    ),
    ("related", "The council’s privacy notice for parking."),
    (
        "collection",
        "Residents fill in a form: name, address, registration number, and a proof of address where the council tax record does not confirm it.",
    ),
    (
        "use",
        "Parking officers check who may have a permit and issue it. Enforcement officers see registration number and permit, and nothing else.",
    ),
    ("storage", "In the United Kingdom, in a data centre of the supplier, on disks that are encrypted."),
    (
        "deletion",
        "Six months after a permit has ended the record is deleted by a nightly run, which the parking manager checks each quarter.",
    ),
    ("area", "The whole borough. It runs until the contract ends, and is looked at again each year."),
    ("relationship", "They are residents who ask the council for a permit."),
    (
        "control",
        "A permit is asked for freely. Residents see and change their details in their account, and can still apply on paper.",
    ),
    (
        "expectation",
        "Yes. People who ask for a permit expect the council to check address and vehicle. They are told so before they send anything.",
    ),
    ("technology", "A web form and a database, as many councils use. Nothing about it is new."),
    (
        "concerns",
        "Residents worried that their movements would be followed. The service holds no record of where a vehicle was seen.",
    ),
    ("codes", "None that is specific to parking permits. The supplier is certified for information security."),
    ("effect", "Less time and travel for residents. Nobody is refused by a computer: an officer decides."),
    ("benefits", "Residents save a visit; officers have time for those who need help; fewer copies of papers are kept."),
    ("views-why-not", "The form was tried out with twelve residents instead, who changed its wording."),
    (
        "lawful-basis-why",
        "Issuing permits is a task of the council as traffic authority. The Act and the section stand in the parking order.",
    ),
    ("achieves", "Yes. In a trial four of five residents finished without help."),
    (
        "alternatives",
        "Permits without a registration number were considered. They were passed on and sold, so that residents found no space.",
    ),
    ("function-creep", "Each other use needs a new assessment. The database answers questions of parking officers alone."),
    ("minimisation", "The date of birth is no longer asked for. A proof of address is deleted once it was looked at."),
    ("informed", "A notice in plain words stands above the form, and is on paper in libraries."),
    ("rights", "Residents see, correct and download their record in their account, or ask the data protection officer."),
    ("complaints", "By an online form or on paper; the council acknowledges a complaint within 30 days and says what it found."),
    ("processor-checks", "The contract names the data and the duties. The contract manager asks for test results each year."),
    ("access-control", "By role: permit officers, enforcement, two administrators. Leavers lose access on their last day."),
    ("security-measures", "Encryption on the way and at rest, a second factor for staff, logs that are looked at each week."),
    ("assurance", "A test by an independent firm before the start found nothing grave; what it found is mended."),
    ("people-measures", "Everyone who uses the system has done the council’s yearly training."),
    (
        "incidents",
        "Staff report to the data protection officer at once. Who tells whom, and within what time, stands in the council’s plan.",
    ),
    (
        "risk-summary",
        "A permit could be issued to the wrong person, or a list of vehicles could be seen by others. Checks and logs keep both unlikely.",
    ),
    (
        "gateway",
        "Section 45 of the Road Traffic Regulation Act 1984: the council designates parking places and issues permits for them.",
    ),
    ("our-notice", "On the council’s website, beside the form; on paper in libraries."),
    ("our-differences", "Nothing: the council runs the service by itself."),
    ("dpo-advice", "It may go ahead. Look again when another use of the data is asked for."),
    ("residual-why", "What can go wrong is put right within a day, and nobody is harmed by it."),
];

/// What is written so far of the assessment that two boroughs write: sensors that notice falls.
pub const FALLS: &[(&str, &str, bool)] = &[
    (
        "aims",
        "People at risk of falling who live alone get help sooner. A sensor in the home notices a fall and tells the telecare centre. An illustrative example.",
        true,
    ),
    ("need", "The screening requires it: health data of people at risk, and technology that is new to both councils.", true),
    (
        "collection",
        "Sensors send movement, not pictures, to the supplier’s service. The care plan comes from the case system.",
        true,
    ),
    (
        "use",
        "The telecare centre rings the person, then a relative or an ambulance. Social workers see how many falls there were.",
        true,
    ),
    ("storage", "In the United Kingdom. The supplier has not yet said where its copies are kept.", false),
    ("relationship", "They receive care, or have asked for an assessment of their needs.", true),
    ("control", "Nobody has to have a sensor. A person can switch it off, and have it taken out within a week.", false),
    ("benefits", "Shorter waits after a fall, and fewer people who lie for hours.", true),
];
