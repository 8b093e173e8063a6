#!/usr/bin/env python3
"""Two hundred readers at a council meeting, while a file is imported and the town is saved.

    sudo apt-get install wrk
    cargo build --release
    tests/benches/load.py                      # two minutes; the program beside: --binary FILE

Starts the sample town without demonstration in a folder of its own, invites the readers over HTTP
(a third sees the whole town, a third one district, a third what a department answers for), lets
each of them sign in by password, then has wrk read as they would: home, boards, boards by year and
district, indicators, each with its cookie, a page every two seconds. First with nothing beside;
then while the server imports a file and `beffroi backup` runs again and again. Anything but 200 is
an error. Prints a table; code 1 when there was an error.
"""

import argparse
import concurrent.futures
import html
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LUA = Path(__file__).resolve().with_suffix(".lua")
PASSWORD = "Tilleul-37-gabarit-mauve"
ADMINISTRATOR = "odile.marchand@clairval.example"
TICK = os.sysconf("SC_CLK_TCK")

# Who reads: fields of the form by which they are added.
READERS = [
    [("role", "reader"), ("perimetre", "ville")],
    [("role", "reader"), ("perimetre", "gare")],
    [("role", "agent"), ("direction", "mobilites")],
]

DATASET = """
title = "Passages comptés"
description = "Passages devant chaque capteur, jour par jour."
row = "un capteur et un jour"
department = "mobilites"
steward = "Anne Brunel"
licence = "Licence Ouverte 2.0"
frequency = "monthly"
visibility = "internal"
source = "passages_*.csv"
time = "jour"

[columns.jour]
type = "day"
title = "Jour"

[columns.capteur]
type = "text"
title = "Capteur"
required = true

[columns.quartier]
type = "text"
title = "Quartier"
dimension = "quartier"
required = true

[columns.passages]
type = "integer"
title = "Passages"
"""


class Browser:
    """Keeps cookies; one connection for each request."""

    def __init__(self, address, number=0):
        self.address = address
        self.cookies = {}
        # From another desk than the others: requests before sign-in are bounded by address.
        self.desk = f"10.1.{number // 250}.{number % 250 + 1}"

    def send(self, method, path, fields=None):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        headers = {"Accept-Language": "fr", "X-Forwarded-For": self.desk}
        if self.cookies:
            headers["Cookie"] = self.cookie()
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for given in answer.headers.get_all("set-cookie") or []:
            name, _, value = given.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, text

    def get(self, path):
        status, text = self.send("GET", path)
        if status != 200:
            sys.exit(f"{path}: {status}\n{text[:2000]}")
        return text

    def post(self, page, action, fields, expected):
        token = re.search(r'name="jeton_formulaire" value="([^"]*)"', self.get(page))
        if token is None:
            sys.exit(f"{page} has no form")
        status, text = self.send("POST", action, [*fields, ("jeton_formulaire", token[1])])
        if status != expected:
            sys.exit(f"{action}: {status}\n{text[:2000]}")
        return text

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Program:
    """The server, its folders, and what it uses."""

    def __init__(self, binary, folder):
        self.binary = binary
        shutil.copytree(ROOT / "dashboards", folder / "dashboards")
        shutil.copytree(ROOT / "sample-data", folder / "data")
        (folder / "dashboards/datasets/passages.toml").write_text(DATASET)
        self.data = folder / "data"
        self.folders = [
            "--content", folder / "dashboards", "--data", folder / "data", "--state", folder / "var",
        ]
        self.log = open(folder / "log", "w+")
        command = [binary, "serve", "--no-demo", "--listen", "127.0.0.1:0",
                   "--behind", "127.0.0.1", *self.folders]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.link = None
        for line in self.process.stdout:
            found = re.search(r"http://([\d.]+):(\d+)(/premier-acces\S*)?", line)
            if found:
                self.address = (found[1], int(found[2]))
                self.link = found[3] or self.link
                if not found[3]:
                    break
        else:
            sys.exit("the server did not start:\n" + (folder / "log").read_text())
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def url(self):
        return "http://%s:%d" % self.address

    def processor(self):
        """Seconds of processor time so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / TICK

    def memory(self):
        """Resident megabytes now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def people(program, count):
    """Invites the readers and signs them in; who they are, each with the number of its kind."""
    admin = Browser(program.address)
    token = program.link.split("=")[1]
    admin.post(program.link, "/premier-acces", [
        ("jeton", token), ("nom", "Odile Marchand"), ("courriel", ADMINISTRATOR),
        ("mot_de_passe", PASSWORD), ("encore", PASSWORD),
    ], 303)

    def one(number):
        kind = number % len(READERS)
        email = f"lecteur-{number}@clairval.example"
        page = admin.post("/administration/personnes/nouvelle", "/administration/personnes", [
            ("nom", f"Lectrice {number}"), ("courriel", email), *READERS[kind],
        ], 200)
        jeton = re.search(r"/invitation\?jeton=([\w-]+)", page)[1]
        guest = Browser(program.address, number)
        guest.post(f"/invitation?jeton={jeton}", "/invitation", [
            ("jeton", jeton), ("mot_de_passe", PASSWORD), ("encore", PASSWORD),
        ], 303)
        reader = Browser(program.address, number)
        reader.post("/connexion", "/connexion", [
            ("courriel", email), ("mot_de_passe", PASSWORD), ("vers", "/"),
        ], 303)
        return kind, reader

    with concurrent.futures.ThreadPoolExecutor(4) as several:
        return admin, list(several.map(one, range(count)))


def links(page, start):
    found = re.findall(rf'href="({start}/\w+)[?"]', page)
    return sorted(set(found))


def pages(reader):
    """What somebody reads, in the proportions of a meeting."""
    chance = random.Random(7)
    boards = links(reader.get("/tableaux"), "/tableaux")
    indicators = links(reader.get("/indicateurs"), "/indicateurs")
    filtered = []
    for board in boards:
        page = reader.get(board)
        for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
            values = [html.unescape(it) for it in re.findall(r'value="([^"]+)"', options)]
            chance.shuffle(values)
            filtered += [f"{board}?{urllib.parse.urlencode({name: it})}" for it in values[:6]]
    listed = []
    for part, of in [(["/"], 20), (boards, 35), (filtered, 25), (indicators, 18), (["/tableaux"], 2)]:
        if part:
            listed += [part[place % len(part)] for place in range(of * 4)]
    for path in sorted(set(listed)):
        reader.get(path)
    return listed


def passages(path, size):
    """A file of that many bytes: days by sensors."""
    districts = ["Vieux-Bourg", "Halle", "Gare", "Bellevue", "Le Port", "Les Aulnes", "Saint-Aubin"]
    chance = random.Random(1)
    with open(path, "w") as file:
        written = file.write("Jour;Capteur;Quartier;Passages\n")
        day = 0
        while written < size:
            date = time.strftime("%d/%m/%Y", time.gmtime(1577836800 + day % 2190 * 86400))
            lines = [
                f"{date};C{day // 2190:03d}{sensor:05d};{districts[sensor % 7]};{chance.randrange(4000)}\n"
                for sensor in range(3000)
            ]
            written += file.write("".join(lines))
            day += 1


def read(program, listed, seconds, pause):
    """wrk over the readers' pages, with what the server uses meanwhile."""
    most = [program.memory()]
    over = threading.Event()

    def watch():
        while not over.wait(0.2):
            most.append(program.memory())

    watching = threading.Thread(target=watch)
    watching.start()
    before, start = program.processor(), time.monotonic()
    command = [
        "wrk", "--threads", "2", "--connections", str(len(listed.read_text().splitlines())),
        "--duration", f"{seconds}s", "--timeout", "20s", "--script", LUA, program.url(),
        "--", listed, str(pause // 2), str(pause * 3 // 2),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    spent = (program.processor() - before) / (time.monotonic() - start)
    over.set()
    watching.join()
    if done.returncode != 0 or not done.stdout.strip().endswith("}"):
        sys.exit(f"wrk: {done.stdout}{done.stderr}")
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    return {**figures, "processor": spent, "memory": max(most)}


def beside(program, folder, megabytes, told):
    """Delivers a file, and saves the town until it is imported."""
    waiting = folder / "passages.csv"
    passages(waiting, megabytes * 1_000_000)
    told["ready"].set()
    told["go"].wait()
    time.sleep(3)
    start = time.monotonic()
    waiting.rename(program.data / "passages_20261125.csv")
    versions = folder / "var/warehouse/passages"
    backups = []
    while not any(versions.glob("v*.json")) or len(backups) < 2:
        begun = time.monotonic()
        target = folder / f"ville-{len(backups)}.zip"
        done = subprocess.run([program.binary, "backup", target, *program.folders], capture_output=True, text=True)
        if done.returncode != 0:
            told["failed"] = done.stderr
            return
        backups.append(time.monotonic() - begun)
        target.unlink()
        if time.monotonic() - start > 300:
            told["failed"] = "the file is not imported after five minutes"
            return
    told["import"] = time.monotonic() - start
    told["backups"] = backups


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    options.add_argument("--binary", type=Path, default=target / "release/beffroi")
    options.add_argument("--readers", type=int, default=200)
    options.add_argument("--seconds", type=int, default=40, help="of each of the two parts")
    options.add_argument("--pause", type=int, default=2000, help="between two pages of a reader, in ms")
    options.add_argument("--megabytes", type=int, default=200, help="of the file that is imported")
    asked = options.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    if not asked.binary.is_file():
        sys.exit(f"{asked.binary} is not there: cargo build --release")
    with tempfile.TemporaryDirectory(prefix="beffroi-load-") as folder:
        measure(asked, Path(folder))


def measure(asked, folder):
    print("starting the sample town", file=sys.stderr)
    program = Program(asked.binary.resolve(), folder)
    try:
        before = program.memory()
        start = time.monotonic()
        admin, readers = people(program, asked.readers)
        print(f"{len(readers)} readers signed in after {time.monotonic() - start:.0f} s", file=sys.stderr)
        signed = program.memory()
        of_kind = {}
        for kind, reader in readers:
            of_kind.setdefault(kind, reader)
        of_kind = {kind: pages(reader) for kind, reader in of_kind.items()}
        listed = folder / "readers"
        listed.write_text("".join(
            "\t".join([reader.cookie(), *of_kind[kind]]) + "\n" for kind, reader in readers
        ))
        memory = (before, signed, program.memory())
        told = {"ready": threading.Event(), "go": threading.Event()}
        other = threading.Thread(target=beside, args=(program, folder, asked.megabytes, told))
        other.start()
        told["ready"].wait()
        print("reading, nothing beside", file=sys.stderr)
        quiet = read(program, listed, asked.seconds, asked.pause)
        print("reading, with an import and backups", file=sys.stderr)
        told["go"].set()
        loaded = read(program, listed, asked.seconds, asked.pause)
        other.join()
        if "failed" in told:
            sys.exit(f"beside: {told['failed']}")
        trail = admin.get("/administration/journal.csv").count("\n")
        sound = subprocess.run(
            [program.binary, "doctor", "--listen", "127.0.0.1:0", *program.folders],
            capture_output=True, text=True,
        ).stdout
        chain = next((line.strip() for line in sound.splitlines() if "chaîne" in line), sound)
        different = len({page for listed in of_kind.values() for page in listed})
        show(asked, quiet, loaded, told, trail, chain, different, memory)
        code = program.stop()
    finally:
        program.process.kill()
    if code != 0 or any(part[kind] for part in (quiet, loaded) for kind in ("other", "cut", "timeouts")):
        sys.exit(1)


def show(asked, quiet, loaded, told, trail, chain, different, memory):
    size = asked.binary.stat().st_size / 1e6
    print(f"{asked.readers} readers, a page each {asked.pause / 1000:g} s, {different} addresses, "
          f"{os.cpu_count()} cores shared with wrk, load {os.getloadavg()[0]:.1f}, binary {size:.0f} MB\n")
    print(f"| measure | nothing beside | with an import of {asked.megabytes} MB and backups |")
    print("|---|---|---|")
    rows = [
        ("pages", lambda it: f"{it['pages']}"),
        ("pages a second", lambda it: f"{it['pages'] / it['seconds']:.1f}"),
        ("errors: not 200, cut, no answer", lambda it: f"{it['other']}, {it['cut']}, {it['timeouts']} {it['last']}"),
        ("median", lambda it: f"{it['p50']:.1f} ms"),
        ("90 of 100 within", lambda it: f"{it['p90']:.1f} ms"),
        ("99 of 100 within", lambda it: f"{it['p99']:.1f} ms"),
        ("longest", lambda it: f"{it['max']:.1f} ms"),
        ("bytes of a page, compressed", lambda it: f"{it['bytes'] / max(it['pages'], 1) / 1000:.1f} kB"),
        ("processor, of one core", lambda it: f"{100 * it['processor']:.0f} %"),
        ("memory of the server at most", lambda it: f"{it['memory']:.0f} MB"),
    ]
    for name, cell in rows:
        print(f"| {name} | {cell(quiet)} | {cell(loaded)} |")
    backups = told["backups"]
    print("| memory at the start, once all are signed in, each page looked at once | "
          f"{memory[0]:.0f}, {memory[1]:.0f}, {memory[2]:.0f} MB | |")
    print(f"| import seen after | | {told['import']:.1f} s |")
    print(f"| backups: how many, longest | | {len(backups)}, {max(backups):.1f} s |")
    print(f"| lines of the trail | | {trail} ({chain}) |")


if __name__ == "__main__":
    main()
