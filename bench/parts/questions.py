"""The four questions, each request different from every other, in the three languages: City Tools, Datasette, DuckDB.

A question is made once as plain values; `citytools`, `datasette` and `duckdb` put the same values into each one's own words.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from . import generate

NAMES = {
    "filter": "filter and sort",
    "facets": "four facets",
    "words": "words with three facets",
    "dates": "a date range with facets",
}
# City Tools' name, the column of the LGA schema, and whether it stands in `facets` alone.
FACETS = {"organisation": "OrganisationLabel", "supplier": "SupplierName", "function": "ServiceCategoryLabel", "status": "Status"}
SORTS = {"ends": ("EndDate", False), "-ends": ("EndDate", True), "value": ("ContractValue", False), "-value": ("ContractValue", True), "title": ("ContractTitle", False)}


@dataclass
class Question:
    """One request, as plain values."""

    organisations: list = field(default_factory=list)
    suppliers: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    value_from: int | None = None
    ends: tuple | None = None
    words: list = field(default_factory=list)
    sort: str | None = None
    facets: list = field(default_factory=list)


class Maker:
    """Makes questions over a register of this many contracts."""

    def __init__(self, contracts):
        self.contracts = contracts
        self.buyers = generate.authorities()
        self.uses = generate.functions()
        self.sellers = generate.suppliers(contracts)

    def make(self, kind, count, seed=0):
        """A list of this many different questions of one kind; another seed gives others."""
        source = random.Random(f"{generate.SEED} {kind} {self.contracts} {seed}")
        made, seen = [], set()
        while len(made) < count:
            question = getattr(self, f"_{kind}")(source)
            key = repr(question)
            if key not in seen:
                seen.add(key)
                made.append(question)
        return made

    def _filter(self, source):
        question = Question(value_from=source.randrange(0, 60_000), sort=source.choice(list(SORTS)))
        self._one_of(source, question)
        return question

    def _facets(self, source):
        question = Question(value_from=source.randrange(0, 60_000), facets=["organisation", "supplier", "function", "status"])
        self._one_of(source, question)
        return question

    def _words(self, source):
        words = source.sample(generate.WORDS, source.choice((1, 1, 2)))
        words += source.sample(generate.KINDS, source.choice((0, 1)) if len(words) == 1 else 0)
        return Question(words=words, value_from=source.randrange(0, 60_000), facets=["organisation", "supplier", "function"])

    def _dates(self, source):
        first = dt.date(2018, 1, 1) + dt.timedelta(days=source.randrange(4200))
        last = first + dt.timedelta(days=source.randrange(20, 1500))
        return Question(ends=(first, last), value_from=source.randrange(0, 5_000), facets=["organisation", "supplier", "function"])

    def _one_of(self, source, question):
        chance = source.random()
        if chance < 0.5:
            question.organisations = sorted(source.sample(self.buyers, source.choice((1, 2, 3))))
        elif chance < 0.75:
            question.functions = sorted(source.sample(self.uses, source.choice((1, 2, 3))))
        else:
            # The frequent suppliers are asked for more often, as they are by people.
            question.suppliers = [self.sellers[int(len(self.sellers) * source.random() ** 2)][0]]


def citytools(question, supplier_ids):
    """The address in City Tools' API."""
    pairs = [("organisation", slug) for slug, _ in question.organisations]
    pairs += [("supplier", supplier_ids[name]) for name in question.suppliers]
    pairs += [("function", slug) for slug, _ in question.functions]
    if question.value_from is not None:
        pairs.append(("value_from", question.value_from))
    if question.ends:
        pairs += [("ends_from", question.ends[0]), ("ends_to", question.ends[1])]
    if question.words:
        pairs.append(("q", " ".join(question.words)))
    pairs.append(("sort", question.sort or "ends"))
    if question.facets:
        # As many values as Datasette gives, and as DuckDB is asked for.
        pairs += [("facet", ",".join(question.facets)), ("facet_limit", 30)]
    pairs.append(("limit", 25))
    return "/api/v1/contracts?" + urlencode(pairs, quote_via=quote)


def datasette(question):
    """The address in Datasette's JSON API."""
    pairs = []
    for column, values in (("OrganisationLabel", [name for _, name in question.organisations]), ("SupplierName", question.suppliers), ("ServiceCategoryLabel", [name for _, name in question.functions])):
        if len(values) == 1:
            pairs.append((f"{column}__exact", values[0]))
        elif values:
            # As a JSON list, because names may hold commas.
            pairs.append((f"{column}__in", "[" + ",".join(f'"{value}"' for value in values) + "]"))
    if question.value_from is not None:
        pairs.append(("ContractValue__gte", question.value_from))
    if question.ends:
        pairs += [("EndDate__gte", question.ends[0]), ("EndDate__lte", question.ends[1])]
    if question.words:
        pairs += [("_search", " ".join(f"{word}*" for word in question.words)), ("_searchmode", "raw")]
    column, descending = SORTS[question.sort or "ends"]
    pairs.append(("_sort_desc" if descending else "_sort", column))
    pairs += [("_facet", FACETS[name]) for name in question.facets]
    pairs += [("_size", 25), ("_shape", "objects"), ("_nosuggest", 1)]
    return "/contracts/contracts.json?" + urlencode(pairs, quote_via=quote)


def duckdb(question):
    """The SQL statements for DuckDB, with their parameters: the rows, then the count, then a statement for each facet."""
    terms, values = [], []
    for column, wanted in (("OrganisationLabel", [name for _, name in question.organisations]), ("SupplierName", question.suppliers), ("ServiceCategoryLabel", [name for _, name in question.functions])):
        if wanted:
            terms.append(f"{column} in ({','.join('?' * len(wanted))})")
            values += wanted
    if question.value_from is not None:
        terms.append("ContractValue >= ?")
        values.append(question.value_from)
    if question.ends:
        terms.append("EndDate between ? and ?")
        values += [str(day) for day in question.ends]
    for word in question.words:
        terms.append("contains(Words, ?)")
        values.append(f" {word}")
    where = " and ".join(terms)
    column, descending = SORTS[question.sort or "ends"]
    statements = [f"select * exclude (Words) from contracts where {where} order by {column} {'desc' if descending else 'asc'} nulls last limit 25",
                  f"select count(*) from contracts where {where}"]
    statements += [f"select {FACETS[name]}, count(*) n from contracts where {where} group by 1 order by n desc limit 30" for name in question.facets]
    return [(statement, values) for statement in statements]

