//! Headers as real files have them, folded, and the field each stands for.

use super::fields::Field::{self, *};

/// The columns of a file of skills: those of our own export, and other ways to write them. The export's last three are known and
/// left out: an import says itself where a row came from.
pub const SKILLS: [(&str, Field); 22] = [
    ("Organisation", Organisation),
    ("OrganisationName", Ignore),
    ("Skill", Skill),
    ("SkillName", Skill),
    ("Name", Skill),
    ("Capability", Skill),
    ("Level", Level),
    ("SkillLevel", Level),
    ("Proficiency", Level),
    ("People", People),
    ("NumberOfPeople", People),
    ("HowManyPeople", People),
    ("Headcount", People),
    ("OffersTraining", OffersTraining),
    ("TrainingOffered", OffersTraining),
    ("Training", OffersTraining),
    ("CanTrainOthers", OffersTraining),
    ("ID", Ignore),
    ("Source", Ignore),
    ("Confirmed", Ignore),
    ("LastConfirmed", Ignore),
    ("UpdatedAt", Ignore),
];

/// The 38 columns of the LGA's schema of contracts (esd-org-uk/schemas, Contracts/Contracts.json), in their order.
pub const LGA: [(&str, Field); 38] = [
    ("OrganisationLabel", Organisation),
    ("OrganisationURI", OrganisationUri),
    ("ContractReference", Reference),
    ("OpenContractingID", Ocid),
    ("ContractTitle", Title),
    ("ContractType", Ignore),
    ("OrganisationalUnit", OwningService),
    ("ServiceCategoryLabel", ServiceCategory),
    ("ServiceCategoryURI", Ignore),
    ("Description", Description),
    ("ProcurementCategory", Ignore),
    ("CPVLabel", Ignore),
    ("CPVCode", Cpv),
    ("ProclassLabel", Ignore),
    ("ProclassCode", Ignore),
    ("StartDate", Start),
    ("EndDate", End),
    ("ReviewDate", Review),
    // Titled 'Extension Period' in the schema: it holds a length or a day.
    ("LastExtensionDate", Extension),
    ("ContractValue", Value),
    ("FixedCost", Ignore),
    ("IrrecoverableVAT", Ignore),
    ("SupplierName", Supplier),
    ("CompaniesHouseRegistrationNumber", CompanyNumber),
    ("CharityCommissionNumber", CharityNumber),
    ("OtherSupplierID", OtherSupplierId),
    ("SMESupplier", Sme),
    ("VCSESupplier", Vcse),
    ("VCSESupplierType", Ignore),
    ("ContactName", Contact),
    ("ContactEmail", Contact),
    ("ContactURL", Contact),
    ("ProcessType", Route),
    ("TenderDocumentURL", Ignore),
    ("ContractDocumentURL", Url),
    ("PerformanceInformationURL", Ignore),
    ("AreaServedLabel", Ignore),
    ("AreaServedURI", Ignore),
];

/// The headers of the City Tools survey of systems, in their order.
pub const SURVEY: [(&str, Field); 17] = [
    ("Organisation", Organisation),
    ("Service area", ServiceArea),
    ("Function", Function),
    ("Product", Product),
    ("Manufacturer", Manufacturer),
    ("Supplier", Supplier),
    ("Supplier number", CompanyNumber),
    ("Contract reference", Reference),
    ("Contract title", Title),
    ("Start date", Start),
    ("End date", End),
    ("Extension months", Extension),
    ("Notice months", Notice),
    ("Annual value", AnnualValue),
    ("Users", Users),
    ("Hosting", Hosting),
    ("Satisfaction", Satisfaction),
];

/// Headers among those below that give way to any other for the same field, in whichever order they stand: often the key of the
/// database that the file was taken from.
pub const WEAK: [&str; 6] = ["id", "urn", "unique id", "unique identifier", "register number", "contract register number"];

/// Other headers met in registers, folded (see [`crate::register::names::fold`]); a guess, and reported as one.
#[rustfmt::skip]
pub const GUESSES: &[(Field, &[&str])] = &[
    (Organisation, &[
        "organisation", "organization", "organisation name", "organisation label", "authority", "local authority", "council",
        "council name", "borough", "buyer", "buyer name", "publisher", "contracting authority", "public body", "body name",
        "body", "customer", "client", "purchaser",
    ]),
    (OrganisationUri, &[
        "organisation uri", "organisation code", "organisationcode", "gss code", "authority code", "body uri",
    ]),
    (Reference, &[
        "contract ref", "contract reference", "contract reference number", "contract ref no", "contract ref number",
        "contract number", "contract no", "contract id", "contractid", "contractref", "contractno", "ref", "ref no", "reference",
        "reference number", "reference no", "unique reference", "unique reference number", "agreement number",
        "agreement reference", "procurement reference", "tender reference", "tender ref", "id", "urn", "register number",
        "contract register number", "agreement ref", "dn reference", "dn number", "unique identifier", "unique id",
    ]),
    (Ocid, &[
        "ocid", "open contracting id", "ocds id",
    ]),
    (Title, &[
        "title", "contract title", "contract name", "contract", "name of contract", "title of contract", "title of agreement",
        "agreement title", "project title", "project name", "contract subject", "subject", "contracttitle",
        "contract description title", "agreement", "name",
    ]),
    (Description, &[
        "description", "contract description", "description of goods and or services being provided",
        "description of goods services", "details", "contract details", "scope", "summary", "purpose",
        "description of the goods and or services being provided", "contract summary", "description of contract",
        "goods services", "long description",
    ]),
    (OwningService, &[
        "department", "dept", "directorate", "service", "service department", "local authority department responsible",
        "department responsible", "division", "business unit", "owning service", "responsible department", "service unit", "team",
        "organisational unit", "owner department", "responsible service", "contract owner department", "unit",
        "directorate department", "lead department", "service name",
    ]),
    (ServiceCategory, &[
        "service category", "category", "service category label", "service type",
    ]),
    (Cpv, &[
        "cpv", "cpv code", "cpv codes", "cpvcode", "common procurement vocabulary", "cpv classification",
    ]),
    (Start, &[
        "start", "start date", "contract start", "contract start date", "commencement", "commencement date", "date start",
        "startdate", "from", "date from", "contract commencement date", "effective date", "start of contract", "award start date",
        "begin date", "contractstartdate", "contract start date dd mm yyyy", "start date of contract", "date commenced",
    ]),
    (End, &[
        "end", "end date", "contract end", "contract end date", "expiry", "expiry date", "contract expiry",
        "contract expiry date", "date end", "enddate", "to", "date to", "finish", "finish date", "current end date",
        "current expiry date", "expires", "end of contract", "contract finish date", "completion date", "termination date",
        "expiration date", "contractenddate", "end date of contract", "current end", "initial end date",
        "end date excluding extensions", "end date excl extensions",
    ]),
    (LastPossibleEnd, &[
        "max end date", "maximum end date", "maximum end", "max end", "latest end date", "end date including extensions",
        "end date incl extensions", "end date inc extensions", "extended end date", "maximum expiry date", "max expiry date",
        "last possible end", "last possible end date", "end date with extensions", "end date if extended", "final end date",
        "latest possible end date", "end date including extension", "contract end date including extensions",
        "last extension date", "extension end date", "extension date", "potential end date", "ultimate end date",
    ]),
    (Review, &[
        "review", "review date", "contract review date", "next review", "next review date", "date of review",
    ]),
    (Extension, &[
        "extension", "extensions", "extension period", "extension months", "extension options", "option to extend",
        "options to extend", "extension option", "extension available", "length of extension", "contract extension",
        "possible extension", "extension length", "extension in months", "extension terms", "contract extension period",
        "optional extension", "extensions available",
    ]),
    (Notice, &[
        "notice", "notice period", "notice months", "termination notice", "notice period months", "notice to terminate",
        "notice required", "termination notice period", "notice in months",
    ]),
    (Break, &[
        "break", "break date", "break clause", "break clause date", "break point", "breakpoint",
    ]),
    (Term, &[
        "term", "contract term type", "renewal", "renewal type", "term type", "renewal terms",
    ]),
    (InUse, &[
        "in use", "still in use", "status", "contract status", "live", "active", "state", "current",
    ]),
    (Value, &[
        "value", "contract value", "total contract value", "total value", "value of contract", "contract sum",
        "total contract sum", "total cost", "whole life value", "whole life cost", "lifetime value", "award value",
        "awarded value", "contract amount", "amount", "value gbp", "total value of contract", "contractvalue",
        "estimated total contract value over full term", "overall value", "contract total", "tcv", "total contract amount",
        "total lifetime value", "contract price", "value over full term", "total spend",
    ]),
    (AnnualValue, &[
        "annual value", "annual contract value", "annual cost", "annual sum", "annual spend", "value per annum", "annual amount",
        "yearly value", "yearly cost", "annual price", "value p a", "value pa", "cost per annum", "per annum value",
        "annual charge", "estimated annual value", "annual", "estimated annual spend", "acv", "average annual value",
    ]),
    (EstimatedValue, &[
        "estimated value", "estimated contract value", "estimate", "estimated total value", "anticipated value", "budget",
    ]),
    (Currency, &[
        "currency", "currency code",
    ]),
    (Supplier, &[
        "supplier", "supplier name", "suppliername", "suppliers", "supplier names", "vendor", "vendor name", "contractor",
        "contractor name", "contractors", "provider", "provider name", "company", "company name", "awarded to",
        "awarded supplier", "awarded suppliers", "winning supplier", "supplier s", "organisation awarded to", "name of supplier",
        "supplier company", "successful supplier", "contracted supplier", "reseller", "supplier name s", "name of contractor",
    ]),
    (CompanyNumber, &[
        "supplier number", "company number", "company no", "companies house number", "companies house registration number",
        "companies house no", "company registration number", "company registration no", "company reg no", "company reg number",
        "crn", "registration number", "supplier company number", "registered company number", "companies house",
        "supplier registration number", "company registration", "companies house reg no", "companies house id",
    ]),
    (CharityNumber, &[
        "charity number", "charity no", "charity commission number", "charity registration number", "registered charity number",
    ]),
    (OtherSupplierId, &[
        "other supplier id", "supplier id", "supplier identifier", "vendor id", "ppon", "duns", "supplier ppon",
    ]),
    (Sme, &[
        "sme", "sme supplier", "is sme", "supplier sme", "small or medium enterprise", "sme y n", "sme status",
        "is the supplier an sme", "smesupplier",
    ]),
    (Vcse, &[
        "vcse", "vcse supplier", "is vcse", "voluntary or community sector organisation", "vcs", "vcs organisation", "vcse y n",
        "voluntary sector", "vcsesupplier",
    ]),
    (Route, &[
        "route", "route to market", "procurement route", "procurement method", "procurement process", "process type",
        "processtype", "procedure", "tender process", "tender type", "procurement type", "procedure type", "process",
        "invitation to quote or tender", "how procured", "tendering process", "itq or itt", "procurement procedure",
        "award procedure",
    ]),
    (Framework, &[
        "framework", "framework name", "framework title", "framework agreement", "framework used", "framework reference",
        "framework ref",
    ]),
    (Lot, &[
        "lot", "lot number", "lot no", "framework lot", "lot name",
    ]),
    (Url, &[
        "url", "link", "contract url", "contract link", "contract document url", "web link", "notice url", "notice link",
        "contracts finder link", "web address",
    ]),
    (Product, &[
        "product", "product name", "system", "system name", "application", "application name", "software", "software name",
        "solution", "it system",
    ]),
    (Manufacturer, &[
        "manufacturer", "product manufacturer", "maker", "publisher of software", "software vendor", "developer",
        "product owner company",
    ]),
    (Function, &[
        "function", "functions", "business function", "service function", "council function", "used for", "purpose of system",
    ]),
    (ServiceArea, &[
        "service area", "service areas", "business area", "area", "service group",
    ]),
    (Users, &[
        "users", "number of users", "no of users", "user numbers", "licences", "number of licences", "licenses", "user count",
    ]),
    (Hosting, &[
        "hosting", "hosted", "hosting type", "hosting model", "where hosted", "hosting arrangement", "deployment",
        "cloud or on premise",
    ]),
    (Satisfaction, &[
        "satisfaction", "satisfaction score", "satisfaction rating", "rating", "how satisfied", "user satisfaction",
    ]),
    (DataAccess, &[
        "data access", "api", "api available", "integration", "data export",
    ]),
    (SubProcessors, &[
        "sub processors", "sub processor", "subprocessors", "subprocessor", "sub processors used", "sub contractors that process data",
    ]),
    (Contact, &[
        "contact", "contact name", "contact email", "contact details", "contact officer", "contract manager",
        "contract manager name", "contract owner", "email", "email address", "e mail", "e mail address", "telephone",
        "telephone number", "phone", "phone number", "lead officer", "responsible officer", "officer", "owner", "contract lead",
        "procurement lead", "supplier contact", "supplier email", "supplier contact name", "supplier contact email",
        "contact person", "contact telephone", "contact phone", "contact url", "budget holder", "buyer contact",
        "senior responsible owner", "contact number", "mobile", "mobile number", "contracting officer", "category manager",
        "respondent", "respondent name", "completed by", "contract owner name", "contract officer", "project manager",
        "supplier telephone", "supplier phone", "system owner", "business owner",
    ]),
    (Ignore, &[
        "service category uri", "contract type", "procurement category", "cpv label", "cpv description", "proclass",
        "proclass label", "proclass code", "fixed cost", "irrecoverable vat", "vcse supplier type", "tender document url",
        "performance information url", "area served", "area served label", "area served uri", "supplier address", "address",
        "postcode", "supplier postcode", "vat", "notes", "comments", "date published", "last updated",
    ]),
];
