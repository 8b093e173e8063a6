#!/usr/bin/env python3
"""A long report on the sample town: how long its PDF takes and how much memory, from the command
line, data included; then ten of them from a server, and what of its memory comes back.

    cargo build --release
    python3 tests/benches/report.py [--figures 80] [--turns 5]
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target"))
PROGRAM = TARGET / "release" / "beffroi"
WORDS = (
    "Le conseil municipal a suivi cette politique toute l’année. Les services ont tenu les "
    "échéances votées, et deux chantiers passent à l’année prochaine pour des raisons de marché. "
) * 4


def indicators():
    """Those of the sample town that have years, by id."""
    found = []
    for path in sorted((TOP / "dashboards" / "indicators").glob("*.toml")):
        live = "parking_" in path.name or "irve" in path.name
        school = "main_grain" in path.read_text() or "eleves" in path.name
        if not live and not school:
            found.append(path.stem)
    return found


def declared(figures):
    """A report of so many figures, four a chapter, each chapter with its words."""
    text = ["title = 'Rapport long'", "department = 'assemblees'", "order = 50"]
    known = indicators()
    for number in range(figures):
        if number % 4 == 0:
            text += [
                "[[chapters]]",
                f"id = 'c{number // 4}'",
                f"subject = 'Politique {number // 4 + 1}'",
                f"title = 'Ce que la ville a fait, partie {number // 4 + 1}'",
                f"text = '''\n{WORDS}\n\n{WORDS}\n\n{WORDS}\n'''",
            ]
        kind = "line" if number % 2 else "bar"
        text += [
            "[[chapters.figures]]",
            f"indicator = '{known[number % len(known)]}'",
            f"figure = '{kind}'",
            "periods = 7",
            "older = true",
            f"width = {6 if number % 4 < 2 else 12}",
        ]
    return "\n".join(text) + "\n"


def resident(pid):
    """Memory that a process holds, in mebibytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--figures", type=int, default=80)
    ask.add_argument("--turns", type=int, default=5)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        content, state = scratch / "dashboards", scratch / "var"
        shutil.copytree(TOP / "dashboards", content)
        (content / "reports" / "long.toml").write_text(declared(asked.figures))
        folders = ["--content", content, "--data", TOP / "sample-data", "--state", state]
        subprocess.run([PROGRAM, "import", *folders], check=True, capture_output=True)
        paper = scratch / "long.pdf"
        times, pages = [], 0
        for _ in range(asked.turns):
            began = time.perf_counter()
            done = subprocess.run(
                [PROGRAM, "report", "long", "--year", "2025", "-o", paper, *folders],
                check=True,
                capture_output=True,
                text=True,
            )
            times.append(time.perf_counter() - began)
            pages = int(re.search(r"(\d+) pages", done.stderr)[1])
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{asked.figures} figures, {pages} pages, PDF from the command line, data read anew: "
            f"median {statistics.median(times):.2f} s, worst {max(times):.2f} s; "
            f"at most {most:.0f} MiB"
        )
        port = 8098
        served = subprocess.Popen(
            [PROGRAM, "--listen", f"127.0.0.1:{port}", *folders],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            site = f"http://127.0.0.1:{port}/rapports/long/2025"
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"{site}/entier", timeout=60).read()
                    break
                except OSError:
                    time.sleep(0.1)
            before = resident(served.pid)
            times = []
            for _ in range(10):
                began = time.perf_counter()
                urllib.request.urlopen(f"{site}/fichiers/rapport.pdf", timeout=120).read()
                times.append(time.perf_counter() - began)
            after = resident(served.pid)
            print(
                f"ten of them from a server: median {statistics.median(times):.2f} s, worst "
                f"{max(times):.2f} s; the server held {before:.0f} MiB before, {after:.0f} after"
            )
        finally:
            served.terminate()
            served.wait()


if __name__ == "__main__":
    main()
