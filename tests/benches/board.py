#!/usr/bin/env python3
"""A board of twelve tiles over trips, by Beffroi and by DuckDB, in one run on the same files.

    cargo build --release && cargo bench -p beffroi-engine --no-run
    python3 -m venv /tmp/bench && /tmp/bench/bin/pip install duckdb
    /tmp/bench/bin/python tests/benches/board.py                       # ten million trips
    /tmp/bench/bin/python tests/benches/board.py --millions 1 10 100 --plot crates
                                                 # and how it grows, drawn by `beffroi draw`

Trips (day, station 240, district 14, type 3, subscription 4, duration, distance, user 60 000) are
written as Parquet, imported by `beffroi import`, and asked on the Parquet parts of the version, by
DuckDB with two threads and by the engine. The twelve tiles: four key figures, one of them a
distinct count, years, months, months by type, ten largest stations, districts, districts by year,
subscriptions, days of the week; filtered by districts and years.

The figures of both must be equal, or nothing is compared.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
BOARD = Path(__file__).resolve().parent / "board"
GROWTH = Path(__file__).resolve().parent / "growth"

TRIPS = """
COPY (
    SELECT
        DATE '2020-01-01' + CAST(floor(pow(i / {rows}.0, 0.8) * 2191) AS INTEGER) AS jour,
        printf('S%03d', CAST(hash(i) % 240 AS INTEGER)) AS station,
        printf('Q%02d', CAST(hash(i) % 240 % 14 AS INTEGER)) AS quartier,
        ['classique', 'électrique', 'cargo'][1 + CAST(floor(pow(hash(i, 1) % 1000 / 1000.0, 2) * 3) AS INTEGER)] AS type,
        ['annuel', 'mensuel', 'jour', 'sans'][1 + CAST(hash(i, 2) % 4 AS INTEGER)] AS abonnement,
        CAST(2 + floor(pow(hash(i, 3) % 10000 / 10000.0, 3) * 118) AS INTEGER) AS duree,
        CAST(0.2 + pow(hash(i, 4) % 10000 / 10000.0, 2) * 12 AS DECIMAL(9, 2)) AS distance,
        CAST(floor(pow(hash(i, 5) % 1000000 / 1000000.0, 1.5) * 60000) AS INTEGER) AS usager
    FROM range({rows}) AS rows(i)
) TO '{path}' (FORMAT parquet)
"""

# As the tiles of `crates/beffroi-engine/benches/board.rs`: what is counted, over which years, by
# which period and detail.
LAST, ALL = "last", "all"
TILES = [
    ("count(*)", LAST, "year", None),
    ("count(DISTINCT usager)", LAST, "year", None),
    ("sum(distance) / count(*)", LAST, "year", None),
    ("sum(duree) / count(*)", LAST, "year", None),
    ("count(*)", ALL, "year", None),
    ("count(*)", LAST, "month", None),
    ("count(*)", LAST, "month", "type"),
    ("count(*)", LAST, "year", "station"),
    ("count(*)", LAST, "year", "quartier"),
    ("count(*)", ALL, "year", "quartier"),
    ("count(*)", LAST, "year", "abonnement"),
    ("count(*)", LAST, "year", "isodow(jour)"),
]
UNPREPARED = [
    ("median(duree)", ALL, "year", "quartier"),
    ("count(*) FILTER (WHERE distance > 5 AND duree < 30)", LAST, "month", "station"),
]


def sql(tile, parts, years, districts):
    what, span, grain, by = tile
    first, last = years if span == ALL else (years[1], years[1])
    when = "strftime(jour, '%Y')" if grain == "year" else "strftime(jour, '%Y-%m')"
    detail = f"CAST({by} AS VARCHAR)" if by else "''"
    named = ", ".join(f"'{name}'" for name in districts)
    return (
        f"SELECT {when} || ' ' || {detail}, {what} FROM read_parquet({parts}) "
        f"WHERE quartier IN ({named}) AND jour BETWEEN DATE '{first}-01-01' AND DATE '{last}-12-31' "
        f"GROUP BY ALL"
    )


def same(ours, theirs):
    """Counts without any row are a zero with us, and not there with SQL."""
    ours = {key: value for key, value in ours.items() if value != 0}
    return ours.keys() == theirs.keys() and all(
        math.isclose(ours[key], theirs[key], rel_tol=1e-9) for key in ours
    )


def run(millions, boards, beffroi, bench, folder):
    rows = int(millions * 1_000_000)
    data, state = folder / "data", folder / "state"
    data.mkdir(parents=True)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute(TRIPS.format(rows=rows, path=data / "trajets.parquet"))
    start = time.perf_counter()
    subprocess.run(
        [beffroi, "import", "--content", BOARD, "--data", data, "--state", state],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    imported = time.perf_counter() - start
    parts = [str(path) for path in sorted((state / "warehouse" / "trajets").glob("*.parquet"))]

    told = subprocess.run(
        [bench, BOARD, state, str(boards), "--bench"], check=True, capture_output=True, text=True
    ).stdout
    ours = json.loads(told)
    chosen = ours["districts"]

    for place, tile in enumerate(TILES + UNPREPARED):
        theirs = dict(database.execute(sql(tile, parts, (2020, 2025), chosen)).fetchall())
        theirs = {key: float(value) for key, value in theirs.items()}
        if not same(ours["figures"][str(place)], theirs):
            sys.exit(f"tile {place} {tile}: figures differ\n{ours['figures'][str(place)]}\n{theirs}")

    def timed(tiles, turn):
        districts = [f"Q{(turn * 5 + step * 3) % 14:02}" for step in range(4)]
        start = time.perf_counter()
        for tile in tiles:
            database.execute(sql(tile, parts, (2020 + turn % 3, 2023 + turn % 3), districts)).fetchall()
        return (time.perf_counter() - start) * 1e3

    duck = statistics.median(timed(TILES, turn) for turn in range(5))
    free = [statistics.median(timed([tile], turn) for turn in range(3)) for tile in UNPREPARED]
    board = ours["board_ms"]
    memory = {name: bytes / 2**20 for name, bytes in ours["memory"].items()}
    print(f"{millions:g} million trips, imported in {imported:.1f} s")
    print(f"  twelve tiles     Beffroi {board['median']:.3f} ms (p99 {board['p99']:.3f}, worst {board['worst']:.3f} of {boards}), DuckDB {duck:.0f} ms: {duck / board['median']:.0f} times")
    print(f"  preparing        {ours['prepare_ms']:.0f} ms: {ours['prepare_ms'] / duck:.2f} times the twelve queries of DuckDB")
    for (what, *_), our, their in zip(UNPREPARED, ours["unprepared_ms"], free):
        print(f"  {what[:15]:15}  {our:.0f} ms, DuckDB {their:.0f} ms: {our / their:.2f} times")
    print(f"  memory           {memory['rest']:.0f} MiB at rest, {memory['prepared']:.0f} prepared, {memory['end']:.0f} at most")
    return {"millions": millions, "board_ms": board["median"], "duckdb_ms": duck, "prepare_ms": ours["prepare_ms"]}


def plot(figures, beffroi, folder):
    """The figures by size, imported and drawn by the program itself."""
    with tempfile.TemporaryDirectory() as work:
        data, state = Path(work) / "data", Path(work) / "state"
        data.mkdir()
        lines = ["jour;taille;tableau;duckdb;preparation"]
        for it in figures:
            size = f"{it['millions']:g} million" + ("s" if it["millions"] > 1 else "")
            values = (it["board_ms"], it["duckdb_ms"], it["prepare_ms"])
            lines.append(";".join(["2025-01-01", size] + [f"{value:.3f}" for value in values]))
        (data / "mesures.csv").write_text("\n".join(lines) + "\n")
        town = ["--content", GROWTH, "--data", data, "--state", state]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([beffroi, *town, "import"], **quiet)
        for tile in ("tableau", "duckdb"):
            picture = folder / f"growth-{tile}.svg"
            subprocess.run(
                [beffroi, *town, "draw", "croissance", tile, "--period", "2025", "-o", picture],
                check=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, nargs="+", default=[10])
    parser.add_argument("--boards", type=int, default=200)
    parser.add_argument("--beffroi", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--plot", type=Path, help="draw how it grows into that folder")
    options = parser.parse_args()
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    beffroi = options.beffroi or target / "release" / "beffroi"
    benches = (target / "release" / "deps").glob("board-*")
    benches = [path for path in benches if path.suffix == "" and os.access(path, os.X_OK)]
    if not benches:
        sys.exit("first: cargo bench -p beffroi-engine --no-run")
    bench = max(benches, key=lambda path: path.stat().st_mtime)
    figures = []
    for millions in options.millions:
        with tempfile.TemporaryDirectory() as folder:
            figures.append(run(millions, options.boards, beffroi, bench, Path(folder)))
    if options.json:
        options.json.write_text(json.dumps(figures))
    if options.plot:
        plot(figures, beffroi, options.plot)


if __name__ == "__main__":
    main()
