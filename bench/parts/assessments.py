"""Asks a server for one assessment as fifty signed-in people do: its page, a question's page, saving, and saving at once."""

import http.client
import re
import threading
import time
import urllib.parse
import uuid

OPENINGS, SAVINGS = 500, 300


class Person:
    """A browser that keeps its connection."""

    def __init__(self, port, cookie):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}

    def get(self, path):
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"bench: {path} answered {answer.status}: {text[:500]}")
        return text

    def opens(self, path):
        """Whether a question applies: what a module or a condition leaves out is not found, or can only be read."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        return answer.status == 200 and 'name="version"' in text

    def post(self, path, form):
        body = urllib.parse.urlencode({**form, "command": str(uuid.uuid4())})
        self.connection.request("POST", path, body, {**self.headers, "Content-Type": "application/x-www-form-urlencoded"})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise SystemExit(f"bench: {path} answered {answer.status}")
        return answer.headers["Location"]


def _at(times, percentile):
    times = sorted(times)
    return round(times[min(len(times) * percentile // 100, len(times) - 1)] * 1000, 2)


def _timed(act, *arguments):
    began = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - began


def _version(page):
    return re.search(r'name="version" value="(\d+)"', page)[1]


def ask(port, server):
    """The figures over HTTP."""
    home = f"/assessments/{server['assessment']}"
    people = [Person(port, cookie) for cookie in server["cookies"]]
    fields = [f"{home}/{place}" for place in server["places"]]
    for person in people:
        person.get(home)
    fields = [field for field in fields if people[0].opens(field)]
    opened = [_timed(people[turn % len(people)].get, home) for turn in range(OPENINGS)]
    questions = [_timed(people[turn % len(people)].get, fields[turn % len(fields)]) for turn in range(OPENINGS)]
    saved = []
    for turn in range(SAVINGS):
        person, field = people[turn % len(people)], fields[turn % len(fields)]
        form = {"version": _version(person.get(field)), "answer": f"Saved over HTTP for the {turn}th time.", "complete": "no", "stay": "1"}
        saved.append(_timed(person.post, field, form))
    versions = [_version(people[0].get(field)) for field in fields]
    led = [None] * len(people)

    def save(number):
        place = number % len(fields)
        form = {"version": versions[place], "answer": f"What person {number} wrote over HTTP.", "complete": "no", "stay": "1"}
        led[number] = people[number].post(fields[place], form)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(len(people))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = time.perf_counter() - began
    # What clashed is kept beside what stands: the page of the clash holds both.
    lost = 0
    for number, address in enumerate(led):
        words = f"What person {number} wrote over HTTP."
        place = fields[number % len(fields)]
        if address is None or (words not in people[0].get(place) and words not in _clash(people[number], place)):
            lost += 1
    return {
        "http_open_p50_ms": _at(opened, 50), "http_open_p99_ms": _at(opened, 99),
        "http_field_p99_ms": _at(questions, 99),
        "http_save_p50_ms": _at(saved, 50), "http_save_p99_ms": _at(saved, 99),
        "http_fifty_at_once_ms": round(together * 1000, 1), "http_lost": lost,
    }


def _clash(person, field):
    """The page of a clash and the field's history, as plain words: changes are marked word by word."""
    text = ""
    person.connection.request("GET", f"{field}/clash", headers=person.headers)
    answer = person.connection.getresponse()
    body = answer.read().decode()
    if answer.status == 200:
        text += body
    text += person.get(f"{field}/history")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def pdf(said):
    """The times of the program that makes a PDF of some sixty pages."""
    times = re.findall(r"^(cold|warm): (\d+) ms", said, re.MULTILINE)
    pages = int(re.search(r"(\d+) pages", said)[1])
    if pages < 60:
        raise SystemExit(f"bench: the PDF has {pages} pages, sixty are to be measured")
    cold = [int(time) for name, time in times if name == "cold"]
    warm = [int(time) for name, time in times if name == "warm"]
    return {"pdf_pages": pages, "pdf_cold_ms": cold[0], "pdf_warm_ms": max(warm)}
