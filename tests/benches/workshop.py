#!/usr/bin/env python3
"""The workshop on the sample town: how long the preview of a figure takes after each change of it,
and a large file from the browser to what was found in it, with the memory that this takes.

    cargo build --release
    python3 tests/benches/workshop.py [--changes 30] [--megabytes 50]
"""

import argparse
import html
import http.cookiejar
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target"))
TOKEN = re.compile(r'name="jeton_formulaire" value="([^"]*)"')


class Person:
    """Somebody of the demonstration, with a browser without scripts."""

    def __init__(self, site, name):
        self.site = site
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = self.get("/demonstration")
        place = page.index(f"<h2>{name}</h2>")
        number = re.search(r'name="personne" value="([^"]*)"', page[place:])[1]
        self.post("/demonstration", {"personne": number})

    def get(self, path):
        return self.read(self.site + path)

    def read(self, request):
        with self.opener.open(request, timeout=120) as reply:
            self.address = reply.geturl()
            self.page = reply.read().decode()
        return self.page

    def token(self):
        return html.unescape(TOKEN.search(self.page)[1])

    def post(self, path, fields):
        fields = {**fields, "jeton_formulaire": self.token()}
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        return self.read(urllib.request.Request(self.site + path, body))

    def upload(self, path, fields, name, content):
        mark = "----0123456789abcdef"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in {"jeton_formulaire": self.token(), **fields}.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="fichier"; filename="{name}"\r\n\r\n'
        body = b"".join(parts) + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self.read(urllib.request.Request(self.site + path, body, kind))


def memory(process, what):
    """A figure of the memory of a process, in mebibytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"{what}:\s+(\d+)", status)[1]) / 1024


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--changes", type=int, default=30)
    ask.add_argument("--megabytes", type=int, default=50)
    asked = ask.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="beffroi-workshop-"))
    process = None
    try:
        for name in ("dashboards", "sample-data"):
            shutil.copytree(TOP / name, folder / name)
        process = subprocess.Popen(
            [TARGET / "release/beffroi", "--content", "dashboards", "--data", "sample-data",
             "--state", "var", "--listen", "127.0.0.1:0"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        site = None
        for line in process.stdout:
            found = re.search(r"http://[0-9.:]+", line)
            site = site or (found and found[0])
            if "Ctrl+C" in line:
                break
        time.sleep(3)  # What the first pages need is prepared beside.
        person = Person(site, "Solène Guivarch")

        person.get("/atelier")
        person.post("/atelier", {"faire": "tableau", "titre": "Banc"})
        draft = re.search(r"/atelier/brouillons/\d+", person.address)[0]
        form = {
            "jeu": "velos_trajets", "calcul": "additionner", "colonne": "trajets", "unite": "nombre",
            "titre": "Banc des trajets", "description": "Un banc.", "direction": "mobilites",
            "responsable": "Solène Guivarch", "axe": ["quartier", "type_velo"], "faire": "garder",
        }
        person.get(f"{draft}/indicateurs/nouveau")
        person.post(f"{draft}/indicateurs/nouveau", form)
        path = urllib.parse.urlsplit(person.address).path
        # The change is kept, then the page of a measure that nobody asked before is made.
        times = []
        for number in range(asked.changes):
            person.get(path)
            fields = dict(re.findall(r'name="(revision)" value="(\d+)"', person.page))
            began = html.unescape(re.search(r'name="depart" value="([^"]*)"', person.page)[1])
            change = {
                **form, **fields, "depart": began,
                "si0-colonne": "trajets", "si0-signe": "au-plus", "si0-valeur": str(5000 + number),
            }
            start = time.perf_counter()
            person.post(path, change)
            times.append(time.perf_counter() - start)
        times.sort()
        print(f"preview after a change, form and page: median {statistics.median(times) * 1000:.0f} ms, "
              f"worst of {len(times)} {times[-1] * 1000:.0f} ms")

        rows = ["date;quartier;station;trajets;prix"]
        number, size = 0, 0
        while size < asked.megabytes * 1_000_000:
            row = (f"{1 + number % 28:02d}/{1 + number % 12:02d}/{2015 + number % 10};Gare;"
                   f"Station {number % 400};{number % 977};{number % 9000 / 100:.2f}".replace(".", ","))
            rows.append(row)
            size += len(row) + 1
            number += 1
        content = "\n".join(rows).encode("cp1252")
        before = memory(process, "VmRSS")
        person.get("/atelier/deposer")
        start = time.perf_counter()
        person.upload("/atelier/deposer", {"jeu": "*", "brouillon": ""}, "gros_2025.csv", content)
        sent = time.perf_counter() - start
        seen = 0
        while "Lecture du fichier" in person.page:
            seen += 1
            time.sleep(0.2)
            person.read(person.address)
        print(f"{len(content) / 1e6:.0f} MB, {number} rows: sent and first page {sent:.1f} s, "
              f"read {time.perf_counter() - start:.1f} s, progress shown {seen} times; memory "
              f"{before:.0f} MiB before, {memory(process, 'VmHWM'):.0f} MiB at most")
    finally:
        if process:
            process.terminate()
            process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
