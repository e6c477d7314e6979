"""How quick an import of the three forms is, against writing as many bare entries, and whether memory grows with it.

Both are measured in processor time, of which they are made.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from audit.log import Log
from benchmarks.figures import Figure, heading, show
from benchmarks.sequencing import Measured, new_log
from registry.importing.recording import AT_ONCE
from tests.registry.form_files import rows_of, write_workbook

AGENCIES: tuple[int, ...] = (200, 2_000)
PEOPLE = 10
"""Practitioners of each agency."""
ENTRIES = PEOPLE + 5
"""Of each agency: its organisation, three kinds of forms, their acceptance, its record."""


def bare(log: Log, count: int) -> None:
    """So many entries that mean nothing, as many in a transaction as an import has."""
    for start in range(0, count, AT_ONCE * ENTRIES):
        with log.act("system") as act:
            act.lock("bench:1")
            for _ in range(min(AT_ONCE * ENTRIES, count - start)):
                act.record(Measured(text="一" * 60), "bench:1", private={"name": b"1" * 18})


def import_in_a_process(file: Path, data: Path) -> tuple[float, float]:
    """Check and record a workbook as the command does; returns processor seconds, and the most memory held, MiB."""
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from api.cli.place import load_packages, opened_log\n"
        "from audit.keys import load_digest_key\n"
        "from registry.importing import check_forms, record_forms\n"
        "from registry.sheets import OWN_FILE\n"
        "load_packages()\n"
        f"data, file = Path({str(data)!r}), Path({str(file)!r})\n"
        "with opened_log(data) as log, file.open('rb') as opened:\n"
        "    begun = time.process_time()\n"
        "    checked = check_forms(log, [(opened, file.name)], OWN_FILE)\n"
        "    record_forms(log, 'system', checked, key=load_digest_key(data / 'keys'))\n"
        "    took = time.process_time() - begun\n"
        "own = next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(took, own / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    took, held = done.stdout.split()
    return float(took), float(held)


def run(agencies: tuple[int, ...] = AGENCIES) -> None:
    heading("Importing the three forms, SQLite")
    memory = {}
    for count in agencies:
        rows = count * (PEOPLE + 2)
        with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder, new_log() as log:
            file = Path(folder) / "forms.xlsx"
            with file.open("wb") as opened:
                write_workbook(opened, rows_of(count, PEOPLE), in_place=True)
            took, memory[count] = import_in_a_process(file, log.data)
            begun = time.process_time()
            bare(log, count * ENTRIES)
            plain = time.process_time() - begun
        rate = f"of writing as many bare entries; {rows / took:,.0f} rows a processor second, {memory[count]:,.0f} MiB"
        show(Figure(f"checking and recording {rows:,} rows", took / plain, "x bare", rate))
    growth = memory[agencies[-1]] / memory[agencies[0]]
    show(Figure(f"memory for {agencies[-1]:,} agencies", growth, "x", f"of that for {agencies[0]:,}", "1"))
