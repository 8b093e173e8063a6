#!/usr/bin/env python3
"""Reads one clean CSV with Beffroi and with DuckDB, turn by turn in one run, and compares them.

    cargo build --release
    python3 -m venv /tmp/bench && /tmp/bench/bin/pip install duckdb
    /tmp/bench/bin/python tests/benches/csv_to_parquet.py                # 200 MB, five turns
    /tmp/bench/bin/python tests/benches/csv_to_parquet.py --megabytes 1000 --turns 3

What is timed, each as a whole process on the same file:

- `beffroi convert --typed --to parquet`: encoding, delimiter, header and types found out over the
  whole file, each cell checked, Parquet written;
- `beffroi import` of the same file into an empty state: the same by a declared dataset, and the
  SHA-256, the copy of the original, the version;
- DuckDB's `COPY (FROM read_csv(file)) TO file (FORMAT parquet)`, types found out on its sample,
  and on the whole file (`sample_size = -1`), which is what we do.

The columns must come out typed alike and hold the same sums, or nothing is compared.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

COLUMNS = ["trajet", "debut", "fin", "station", "quartier", "velo", "abonnement", "duree", "distance_km", "prix", "assiste"]

DATASET = """
title = "Trajets"
row = "un trajet"
department = "mobilites"
steward = "A. Martin"
frequency = "monthly"
source = "trajets.csv"
time = "debut"

[columns]
trajet = { type = "integer" }
debut = { type = "datetime" }
fin = { type = "datetime" }
station = { type = "code" }
quartier = { type = "text" }
velo = { type = "code" }
abonnement = { type = "text" }
duree = { type = "integer" }
distance_km = { type = "decimal", scale = 3 }
prix = { type = "decimal", scale = 2 }
assiste = { type = "boolean" }
"""

TOWN = """
name = "Clairval"
insee = "34999"
mandate = { from = 2026, to = 2032 }

[departments.mobilites]
title = "Mobilités"
"""


def make(path: Path, megabytes: int) -> int:
    """Writes the table: the same for the same size. Returns its rows."""
    draw = random.Random(20260101)
    quarters = ["Gare", "Port", "Vieux Marché", "Les Aulnes", "Saint-Éloi", "Université", "La Prairie", "Île aux Moines"]
    subscriptions = ["annuel", "mensuel", "jour", "aucun"]
    target, rows = megabytes * 1_000_000, 0
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(COLUMNS) + "\n")
        while out.tell() < target:
            lines = []
            for _ in range(20_000):
                rows += 1
                minute, long = draw.randrange(60 * 24 * 365), draw.randrange(2, 90)
                month, day, hour = minute // 44_640 % 12 + 1, minute // 1440 % 28 + 1, minute // 60 % 24
                end_hour, end_minute = min(hour + (minute % 60 + long) // 60, 23), (minute % 60 + long) % 60
                lines.append(
                    f"{rows},2025-{month:02}-{day:02} {hour:02}:{minute % 60:02}:00,"
                    f"2025-{month:02}-{day:02} {end_hour:02}:{end_minute:02}:30,"
                    f"S{draw.randrange(240):03},{draw.choice(quarters)},V{draw.randrange(3000):05},"
                    f"{draw.choice(subscriptions)},{long},{draw.randrange(200, 12_000) / 1000:.3f},"
                    f"{draw.randrange(0, 500) / 100:.2f},{draw.choice(('true', 'false'))}\n"
                )
            out.write("".join(lines))
    return rows


def timed(command: list[str]) -> tuple[float, float, float]:
    """Runs a command: wall seconds, CPU seconds, peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)} failed:\n{errors.decode()}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def kinds(path: Path) -> list[tuple[str, str]]:
    """The columns of a Parquet file, each with what it holds. Whole numbers are one kind."""
    described = duckdb.sql(f"DESCRIBE FROM '{path}'").fetchall()
    same = {"BIGINT": "whole", "INTEGER": "whole", "DOUBLE": "decimal", "VARCHAR": "text"}
    return [(name, "decimal" if kind.startswith("DECIMAL") else same.get(kind, kind)) for name, kind, *_ in described]


def sums(path: Path) -> tuple:
    return duckdb.sql(
        f"SELECT count(*), sum(trajet), sum(duree), round(sum(distance_km)::DOUBLE, 1), round(sum(prix)::DOUBLE, 1), "
        f"count(DISTINCT station), min(debut), max(fin), count(*) FILTER (assiste) FROM '{path}'"
    ).fetchall()[0]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--megabytes", type=int, default=200)
    asked.add_argument("--turns", type=int, default=5)
    asked.add_argument("--beffroi", type=Path, help="the program; by default that of `cargo build --release`")
    asked = asked.parse_args()
    root = Path(__file__).resolve().parents[2]
    target = Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))
    beffroi = (asked.beffroi or target / "release" / "beffroi").resolve()

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        table = folder / "data" / "trajets.csv"
        table.parent.mkdir()
        rows = make(table, asked.megabytes)
        (folder / "dashboards" / "datasets").mkdir(parents=True)
        (folder / "dashboards" / "town.toml").write_text(TOWN, encoding="utf-8")
        (folder / "dashboards" / "datasets" / "trajets.toml").write_text(DATASET, encoding="utf-8")
        print(f"{rows} rows, {table.stat().st_size / 1e6:.0f} MB, {os.cpu_count()} processors, DuckDB {duckdb.__version__}")

        ours, theirs, whole = folder / "ours.parquet", folder / "theirs.parquet", folder / "whole.parquet"

        def copy(out: Path, options: str) -> list[str]:
            text = f"COPY (FROM read_csv('{table}'{options})) TO '{out}' (FORMAT parquet)"
            return [sys.executable, "-c", f'import duckdb; duckdb.sql("""{text}""")']

        def imported(turn: int) -> list[str]:
            state = folder / f"state{turn}"
            return [str(beffroi), "import", "--content", str(folder / "dashboards"), "--data", str(folder / "data"), "--state", str(state)]

        def converted(_: int) -> list[str]:
            return [str(beffroi), "convert", "--typed", "--to", "parquet", "-o", str(ours), str(table)]

        ways = {
            "beffroi convert": converted,
            "beffroi import": imported,
            "DuckDB, sampled": lambda _: copy(theirs, ""),
            "DuckDB, whole": lambda _: copy(whole, ", sample_size = -1"),
        }
        seen: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
        for turn in range(asked.turns + 1):
            for name, command in ways.items():
                figures = timed(command(turn))
                # The first turn warms the file cache.
                if turn > 0:
                    seen[name].append(figures)
            subprocess.run(["rm", "-r", str(folder / f"state{turn}")], check=True)

        if kinds(ours) != kinds(theirs) or sums(ours) != sums(theirs):
            sys.exit(f"not the same table:\n{kinds(ours)}\n{kinds(theirs)}\n{sums(ours)}\n{sums(theirs)}")
        print(f"{'':<18}{'wall s':>24}{'CPU s':>9}{'peak MiB':>10}{'output MB':>11}")
        sizes = {"beffroi convert": ours, "DuckDB, sampled": theirs, "DuckDB, whole": whole}
        for name, figures in seen.items():
            walls = [wall for wall, _, _ in figures]
            size = f"{sizes[name].stat().st_size / 1e6:.0f}" if name in sizes else ""
            print(
                f"{name:<18}{min(walls):>8.2f}{statistics.median(walls):>8.2f}{max(walls):>8.2f}"
                f"{statistics.median(cpu for _, cpu, _ in figures):>9.2f}"
                f"{max(peak for _, _, peak in figures):>10.0f}{size:>11}"
            )
        for name in ("beffroi convert", "beffroi import"):
            for other in ("DuckDB, sampled", "DuckDB, whole"):
                ratios = sorted(a[0] / b[0] for a, b in zip(seen[name], seen[other]))
                print(f"{name} / {other}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
