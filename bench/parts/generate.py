"""Makes registers of contracts, and OCDS releases, of any size, from a seed: the same bytes every time.

The register has the 38 columns of the LGA schema, those filled in that councils fill in. Buyers are London's authorities,
functions those of data/functions.csv; suppliers are made up, and their company numbers lie in a range that is not given out.
"""

import csv
import datetime as dt
import json
import random
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261123
AS_AT = dt.date(2026, 11, 23)

COLUMNS = (
    "OrganisationLabel,OrganisationURI,ContractReference,OpenContractingID,ContractTitle,ContractType,OrganisationalUnit,"
    "ServiceCategoryLabel,ServiceCategoryURI,Description,ProcurementCategory,CPVLabel,CPVCode,ProclassLabel,ProclassCode,"
    "StartDate,EndDate,ReviewDate,LastExtensionDate,ContractValue,FixedCost,IrrecoverableVAT,SupplierName,"
    "CompaniesHouseRegistrationNumber,CharityCommissionNumber,OtherSupplierID,SMESupplier,VCSESupplier,VCSESupplierType,"
    "ContactName,ContactEmail,ContactURL,ProcessType,TenderDocumentURL,ContractDocumentURL,PerformanceInformationURL,"
    "AreaServedLabel,AreaServedURI"
).split(",")

# Words of titles; a question asks for some of them.
KINDS = (
    "system platform software licence hosting support maintenance upgrade implementation service portal gateway archive "
    "analytics reporting integration mobile scheduling workflow records payments booking telephony network security backup "
    "storage devices printing training consultancy migration resilience monitoring mapping imaging messaging identity"
).split()
WORDS = (
    "annual borough central combined community core corporate digital district early eastern enhanced estate extended "
    "family field first flexible framework future general group growing health high holistic home improved independent "
    "inner integrated intelligent interim joint large learning legacy light limited local main managed mixed modern multi "
    "national neighbourhood new northern online open outer park partner people personal pilot place planned primary priority "
    "programme public rapid regional remote renewed resident responsive riverside road safe school second secure senior "
    "shared single small smart social southern special staff standard statutory street strategic strong sustainable team "
    "temporary third town transitional trusted universal urban urgent vital volunteer ward waste water western whole wide "
    "winter work young youth zone"
).split()
FIRST = (
    "Amber Ash Barley Birch Bracken Bramble Brook Cedar Clover Copper Corn Crane Dapple Dove Elder Elm Fallow Fen Fern Finch "
    "Flint Fox Gable Garth Gorse Hazel Heath Heron Holm Ivy Juniper Kestrel Larch Lark Linden Maple Marsh Meadow Mill Moss "
    "Oak Osier Otter Pebble Pine Plover Quill Reed Rowan Rush Sedge Slate Sorrel Sparrow Stoke Swift Tansy Teal Thistle Thorn "
    "Vale Wharf Wick Willow Wren Yarrow Yew"
).split()
SECOND = "bank beck bourne bridge brook bury by combe cote croft dale den field ford gate grove ham hithe hollow holt hurst land lea ley mere mill moor mouth ness ridge stead stoke stone thorpe ton tree wade well wick wood worth yard".split()
TRADES = "Systems,Software,Digital,Data,Networks,Services,Consulting,Cloud,Technology,Solutions,Civic,Analytics".split(",")
FORMS = ["Ltd"] * 7 + ["Limited"] * 2 + ["plc"]


def _read(name):
    with open(ROOT / "data" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def authorities():
    """London's authorities: slug and official name."""
    return [(row["slug"], row["formal_name"] or row["name"]) for row in _read("organisations.csv") if row["kind"] == "council"]


def functions():
    """What a council does: slug and name."""
    return [(row["slug"], row["name"]) for row in _read("functions.csv")]


def suppliers(contracts):
    """The made-up suppliers of a register of this many contracts: name and number, the frequent ones first."""
    source = random.Random(f"{SEED} suppliers")
    made, names = [], set()
    while len(made) < max(40, min(10_000, contracts // 5)):
        name = f"{source.choice(FIRST)}{source.choice(SECOND)} {source.choice(TRADES)} {source.choice(FORMS)}"
        stem = name.rsplit(" ", 1)[0]
        if stem not in names:
            names.add(stem)
            made.append((name, f"99{len(made):06d}"))
    return made


def register(path, contracts):
    """Writes a register of this many contracts as CSV."""
    source = random.Random(f"{SEED} contracts {contracts}")
    buyers, uses, sellers = authorities(), functions(), suppliers(contracts)
    # A few suppliers hold most contracts, as in life.
    weights = [1 / (place + 1) ** 0.8 for place in range(len(sellers))]
    cumulative, total = [], 0.0
    for weight in weights:
        total += weight
        cumulative.append(total)
    # Each holds at least one, so that a question about any supplier has an answer.
    chosen = [*range(len(sellers)), *source.choices(range(len(sellers)), cum_weights=cumulative, k=max(0, contracts - len(sellers)))]
    source.shuffle(chosen)
    draft = path.with_suffix(".draft")
    with open(draft, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        blank = [""] * len(COLUMNS)
        at = {name: place for place, name in enumerate(COLUMNS)}
        for number, seller in enumerate(chosen):
            slug, buyer = source.choice(buyers)
            _, use = source.choice(uses)
            name, company = sellers[seller]
            start = dt.date(2017, 1, 1) + dt.timedelta(days=source.randrange(3600))
            end = start + dt.timedelta(days=source.choice((365, 730, 1095, 1095, 1460, 1825, 2555)) + source.randrange(90) - 1)
            words = " ".join(source.sample(WORDS, 2))
            title = f"{use} {words} {source.choice(KINDS)}"
            row = blank.copy()
            row[at["OrganisationLabel"]] = buyer
            row[at["ContractReference"]] = f"{slug[:3].upper()}-{start.year}-{number:07d}"
            row[at["ContractTitle"]] = title
            row[at["ContractType"]] = "Single award contract"
            row[at["OrganisationalUnit"]] = source.choice(("Resources", "Place", "Adults and health", "Children", "Corporate services"))
            row[at["ServiceCategoryLabel"]] = use
            row[at["Description"]] = f"{title} for {buyer}"
            row[at["ProcurementCategory"]] = "Services"
            row[at["CPVCode"]] = source.choice(("48000000", "72000000", "72260000", "48450000", "30200000", "72400000"))
            row[at["StartDate"]] = start.isoformat()
            row[at["EndDate"]] = "" if source.random() < 0.03 else end.isoformat()
            row[at["ReviewDate"]] = (end - dt.timedelta(days=180)).isoformat()
            row[at["ContractValue"]] = "" if source.random() < 0.04 else f"{int(source.lognormvariate(11.5, 1.3)) + 5000}.00"
            row[at["IrrecoverableVAT"]] = "0"
            row[at["SupplierName"]] = name
            row[at["CompaniesHouseRegistrationNumber"]] = company
            row[at["SMESupplier"]] = "Y" if seller % 3 else "N"
            row[at["VCSESupplier"]] = "N"
            row[at["ProcessType"]] = source.choice(("Invitation to quote", "Published invitation to tender"))
            writer.writerow(row)
    draft.rename(path)


def releases(path, count):
    """Writes this many OCDS releases, as release packages of 100, one a line; two or three tell each process's story."""
    source = random.Random(f"{SEED} releases {count}")
    uses = functions()
    sellers = suppliers(50_000)
    buyers = authorities()
    open_processes, made, processes, package = [], 0, 0, []
    draft = path.with_suffix(".draft")

    def party(identifier, name, role):
        return {"id": identifier, "name": name, "roles": [role], "identifier": {"scheme": "GB-COH", "id": identifier, "legalName": name},
                "address": {"streetAddress": f"{source.randrange(1, 200)} Long Street", "locality": "London", "countryName": "United Kingdom"}}

    def release(process, stage):
        number, (slug, buyer), (use_slug, use), value, begin = process
        ocid = f"ocds-bench0-{number:07d}"
        date = begin + dt.timedelta(days=90 * stage)
        made = {"ocid": ocid, "id": f"{ocid}-{stage}", "date": f"{date.isoformat()}T09:30:00Z", "tag": [("tender", "award", "contract")[stage]], "initiationType": "tender", "language": "en"}
        title = f"{use} {KINDS[number % len(KINDS)]}"
        period = {"startDate": f"{begin.isoformat()}T00:00:00Z", "endDate": f"{(begin + dt.timedelta(days=1460)).isoformat()}T23:59:59Z"}
        if stage == 0:
            made["parties"] = [party(f"GB-LAE-{slug}", buyer, "buyer")]
            made["buyer"] = {"id": f"GB-LAE-{slug}", "name": buyer}
            made["tender"] = {"id": f"{ocid}-tender", "title": title, "description": f"{title}. " * 12, "status": "active",
                              "value": {"amount": value, "currency": "GBP"}, "mainProcurementCategory": "services", "procurementMethod": "open",
                              "contractPeriod": period, "tenderPeriod": {"endDate": f"{(date + dt.timedelta(days=30)).isoformat()}T12:00:00Z"},
                              "items": [{"id": str(item), "description": f"{title}, part {item}", "classification": {"scheme": "CPV", "id": str(72000000 + item * 1000), "description": "IT services"}, "quantity": item} for item in range(1, 5)],
                              "documents": [{"id": str(item), "documentType": "tenderNotice", "title": f"Document {item}", "format": "text/html"} for item in range(1, 4)],
                              "lots": [{"id": str(item), "title": f"Lot {item}", "status": "active", "value": {"amount": value / 2, "currency": "GBP"}} for item in (1, 2)]}
        elif stage == 1:
            name, company = sellers[number % len(sellers)]
            made["parties"] = [party(f"GB-COH-{company}", name, "supplier")]
            made["tender"] = {"id": f"{ocid}-tender", "status": "complete", "lots": [{"id": "1", "status": "complete"}, {"id": "2", "status": "cancelled"}]}
            made["awards"] = [{"id": f"{ocid}-award-1", "title": title, "status": "active", "date": made["date"], "value": {"amount": value * 0.96, "currency": "GBP"},
                               "suppliers": [{"id": f"GB-COH-{company}", "name": name}], "contractPeriod": period,
                               "items": [{"id": "1", "description": title, "quantity": 1}], "relatedLots": ["1"]}]
        else:
            made["awards"] = [{"id": f"{ocid}-award-1", "description": f"Awarded after {stage} stages. " * 6}]
            made["contracts"] = [{"id": f"{ocid}-contract-1", "awardID": f"{ocid}-award-1", "status": "active", "dateSigned": made["date"], "period": period,
                                  "value": {"amount": value * 0.95, "currency": "GBP"}, "documents": [{"id": "1", "documentType": "contractSigned", "title": "Contract"}]}]
        return made

    with open(draft, "w", encoding="utf-8") as file:
        def write():
            file.write(json.dumps({"uri": f"urn:citytools:bench:{made}", "version": "1.1", "publishedDate": "2026-11-23T00:00:00Z", "publisher": {"name": "City Tools bench"}, "releases": package}) + "\n")
            package.clear()

        while made < count:
            # Some forty processes are under way at once, so that a process's releases lie apart in the file.
            if len(open_processes) < 40:
                begin = dt.date(2024, 1, 1) + dt.timedelta(days=source.randrange(600))
                open_processes.append(([processes, source.choice(buyers), source.choice(uses), float(source.randrange(20_000, 2_000_000)), begin], [0]))
                processes += 1
            place = source.randrange(len(open_processes))
            process, stage = open_processes[place]
            package.append(release(process, stage[0]))
            made += 1
            stage[0] += 1
            if stage[0] == 3 or (stage[0] == 2 and source.random() < 0.5):
                open_processes.pop(place)
            if len(package) == 100:
                write()
        if package:
            write()
    draft.rename(path)
    return processes
