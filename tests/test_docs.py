"""What README and docs/ say is so: their commands run, their lists are whole, their links lead somewhere."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from api.cli import verify
from api.cli.app import app
from api.cli.place import load_packages, opened_log
from audit import queries
from audit.settings import Settings
from tests import program
from tests.audit.logs import LogFolder, a_log
from tests.demo_city import a_played_city

ROOT = Path(__file__).parents[1]
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DEPLOY = (ROOT / "docs" / "deploy.md").read_text("utf-8")
CHECK_LOG = ROOT / "docs" / "verify-log.sh"
SEALED = 1562
"""The entry whose receipt the README checks: the seal of the draw that was drawn again."""


def shell_blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def sh(script: str, folder: Path, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a reader would, with `mingtang` on the path."""
    with program.on_the_path() as place:
        environment = program.plain_environment(PATH=f"{place}:{os.environ['PATH']}") | variables
        return subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
        )


def table_rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with this line."""
    lines = text[text.index(head) :].splitlines()[2:]
    rows = lines[: next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


# Commands


def commands() -> list[tuple[str, str]]:
    """Every line of a document that is a command of ours, with its document's name."""
    found = []
    for document in DOCUMENTS:
        for line in document.read_text("utf-8").splitlines():
            written = re.fullmatch(r"(?: {4,}|KEY=\$\()?(mingtang .*?)\)?", line)
            if written:
                found.append((document.name, written[1]))
    return found


def parse(words: list[str]) -> None:
    """Read a command as the command line reads it, without running it. Raises where it would be refused."""
    if words[0] == "verify":
        verify._parser().parse_args(words[1:])
        return
    command = typer.main.get_command(app)
    context = command.make_context("mingtang", words)
    while hasattr(command, "resolve_command"):
        name, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, words, parent=context)


@pytest.mark.parametrize(("document", "line"), commands())
def test_a_documented_command_is_one(document: str, line: str) -> None:
    parse(shlex.split(line)[1:])


def test_commands_are_looked_for_where_they_stand() -> None:
    documents = {document for document, _ in commands()}
    assert {"README.md", "README.zh.md", "deploy.md"} <= documents
    with pytest.raises(SystemExit):
        parse(["verify", "log", "data"])
    with pytest.raises(Exception, match="No such command"):
        parse(["log", "close"])


def test_commands_named_in_a_sentence_exist() -> None:
    known = {" ".join(path) for path in command_paths(typer.main.get_command(app))}
    known |= {"verify draw", "verify log", "verify receipt", "verify bid", "verify bids"}
    for document in DOCUMENTS:
        for named in re.findall(r"`mingtang ([a-z -]+?)(?: [A-Z-].*?)?`", document.read_text("utf-8")):
            assert named in known, f"{document.name}: mingtang {named}"


def command_paths(command: typer.core.TyperGroup | object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path] if path else []
    for name, below in getattr(command, "commands", {}).items():
        found += command_paths(below, (*path, name))
    return found


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        named = re.findall(r"(?:`| {4})make ([a-z]+)\b", document.read_text("utf-8"))
        assert set(named) <= targets, document.name


# The README, step by step


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of somebody who ran the demo and saved a receipt."""
    folder = tmp_path_factory.mktemp("reader")
    data = folder / "data" / "demo"
    data.parent.mkdir()
    shutil.copytree(a_played_city(tmp_path_factory)[0], data)
    (folder / "docs").symlink_to(ROOT / "docs")
    load_packages()
    with opened_log(data) as log, log.reading() as session:
        size = log.published_size
        (folder / f"entry-{SEALED}.json").write_bytes(queries.entry_data(session, SEALED, size))
        (folder / f"entry-{SEALED}.tlog-proof").write_bytes(queries.receipt(session, log.folder, SEALED, size))
    return folder


def test_everything_the_readme_checks_holds(reader: Path) -> None:
    sealed = json.loads((reader / f"entry-{SEALED}.json").read_bytes())
    assert (sealed["kind"], sealed["subject"]) == ("lottery.sealed", "draw:MC-2023-0003/2")
    done = sh("\n".join(shell_blocks(READMES[0].read_text("utf-8"))), reader)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("OK ") for line in lines) == 12
    by_receipt, by_log = (line for line in lines if line.endswith("log=partial"))
    assert by_receipt == by_log
    winner = by_receipt.partition("winners=")[2].split()[0]
    tickets = [line for line in lines if re.fullmatch(r"[0-9a-f]{64} [0-9A-Z]{18}:1", line)]
    assert tickets[0].split()[1] == f"{winner}:1"
    assert f"winners: {winner} " in lines
    of_bids = next(line for line in lines if re.match("OK closings=.* unclosed=", line)).split()
    of_shell = lines[-1].split()
    assert set(of_shell) < set(of_bids)


def test_both_readmes_say_the_same() -> None:
    english, chinese = (path.read_text("utf-8") for path in READMES)
    assert shell_blocks(english) == shell_blocks(chinese)
    for text in (english, chinese):
        assert text.index("make run") < text.index("make test") < text.index("docs/images/draw.png")
    assert english.count("\n## ") == chinese.count("\n## ")
    assert english.count("\n| ") == chinese.count("\n| ")


def test_the_map_of_folders_is_whole() -> None:
    skipped = {"data", "dist", "build"}
    there = {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"} - {
        f"{name}/" for name in skipped
    }
    there = {name for name in there if not name.endswith(".egg-info/")}
    for readme, head in zip(READMES, ("| folder |", "| 目录 |"), strict=True):
        mapped = [row[0].strip("`") for row in table_rows(readme.read_text("utf-8"), head)]
        assert all((ROOT / name).is_dir() for name in mapped)
        assert {name for name in mapped if name.count("/") == 1} == there


def test_the_short_glossary_is_part_of_the_long_one() -> None:
    long = {tuple(row[:2]) for row in long_glossary()}
    english = [row[:2] for row in table_rows(READMES[0].read_text("utf-8"), "| term |")]
    chinese = [row[:2] for row in table_rows(READMES[1].read_text("utf-8"), "| 术语 |")]
    assert [row[::-1] for row in chinese] == english
    terms = {term for row in long for term in row[0].split(", ")}
    characters = " ".join(row[1] for row in long)
    for term, zh in english:
        assert set(term.split(", ")) <= terms
        assert all(word in characters for word in zh.split("、")), zh


def long_glossary() -> list[list[str]]:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if re.match(r"\| (?!term)[a-zA-Z]", line)]
    return [[cell.strip() for cell in row] for row in rows]


# Lists that the code makes


def test_entries_and_errors_are_as_the_code_says() -> None:
    done = program.run("--check", script=ROOT / "docs" / "generate.py")
    assert done.returncode == 0, f"run `make docs`: {done.stdout or done.stderr}"


def test_the_settings_are_all_told() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in table_rows(DEPLOY, "| variable |")}
    assert list(told) == [f"MINGTANG_{name.upper()}" for name in Settings.model_fields]
    assert told["MINGTANG_DATA"] == str(Settings.model_fields["data"].default)
    assert told["MINGTANG_BASE_URL"] == Settings.model_fields["base_url"].default
    assert told["MINGTANG_DISK_RESERVE"] == str(Settings.model_fields["disk_reserve"].default)
    assert told["MINGTANG_DRAW_PREFIX"] == Settings.model_fields["draw_prefix"].default


def test_the_index_names_every_document_and_decision() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for path in (ROOT / "docs").rglob("*.md"):
        assert path.name == "README.md" or f"({path.relative_to(ROOT / 'docs')})" in index
    for path in (ROOT / "docs" / "decisions").iterdir():
        number, _, title = path.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(". ")
        assert path.name.startswith(f"{number}-")
        assert f"[{number}](decisions/{path.name}) | {title} |" in index
        assert "**What we dislike.**" in path.read_text("utf-8")


def test_every_link_leads_to_a_file() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert target.startswith("https://") or (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_picture_is_small() -> None:
    picture = (ROOT / "docs" / "images" / "draw.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 300_000


# Deployment


def test_a_centre_can_be_run_by_the_book(tmp_path: Path) -> None:
    script = ["export VKEY="]
    identities = iter(("11010519491231002X", "210102199003070011"))  # of the standard, and of nobody
    for line in re.findall(r"^ {4,}((?:mingtang (?:log|user|db)|cp -a) .*)$", DEPLOY, re.MULTILINE):
        if line.startswith("mingtang log witnesses set"):
            continue  # it names the servers of others
        if line in script:
            continue  # the second opening is for PostgreSQL; other things are done each night
        if line.startswith("mingtang user add"):
            script.append(f"printf 'Correct-Horse-9\\n{next(identities)}\\n' | \\")
        script.append(line)
        if line.startswith("mingtang log key"):
            script.append(f"VKEY=$({line})")
    places = {"/srv/": f"{tmp_path}/", "/backup/": f"{tmp_path}/backup/", "/media/safe/": f"{tmp_path}/safe/"}
    text = "\n".join(script)
    for documented, here in places.items():
        text = text.replace(documented, here)
    (tmp_path / "safe").mkdir()
    done = sh(text, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines.count("size=4") == 2  # of the centre, and of what was recovered from its files
    assert len({line for line in lines if line.startswith("root=")}) == 1
    assert sum(line.startswith("OK entries=4 ") for line in lines) == 2


def test_the_unit_of_the_supervisor_runs_what_there_is() -> None:
    unit = re.findall(r"^```ini\n(.*?)^```", DEPLOY, re.MULTILINE | re.DOTALL)[0]
    start = re.search(r"^ExecStart=\S*/(mingtang .*)$", unit, re.MULTILINE)
    assert start
    parse(shlex.split(start[1])[1:])
    variables = re.findall(r"^Environment=MINGTANG_([A-Z_]+)=", unit, re.MULTILINE)
    assert {name.lower() for name in variables} <= set(Settings.model_fields)


# The shell's own check of a log


def by_shell(folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("jq"), "jq is missing: apt-get install jq"
    return subprocess.run(
        ["sh", CHECK_LOG, folder, vkey], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )


@pytest.mark.parametrize("size", [1, 5, 257])
def test_a_good_log_passes_the_shell(tmp_path: Path, size: int) -> None:
    log = a_log(tmp_path / "log", size)
    done = by_shell(log.path, log.vkey)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(f"OK size={size} root=")


@pytest.mark.parametrize(
    ("file", "at", "said"),
    [
        ("checkpoint", 22, "FAIL checkpoint"),
        ("tile/entries/000.p/5", 0, "FAIL seq"),
        ("tile/entries/000.p/5", 900, "FAIL "),
        ("tile/0/000.p/5", 100, "FAIL tile/0/000.p/5"),
    ],
)
def test_a_changed_byte_does_not_pass_the_shell(tmp_path: Path, file: str, at: int, said: str) -> None:
    log = a_log(tmp_path / "log", 5)
    log.flip(file, at)
    done = by_shell(log.path, log.vkey)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(said)


def test_a_broken_chain_under_a_right_tree_does_not_pass_the_shell(tmp_path: Path) -> None:
    entries = a_log(tmp_path / "whole", 5).entries
    log = LogFolder(tmp_path / "log", [*entries[:2], *entries[3:]]).write()
    done = by_shell(log.path, log.vkey)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "FAIL seq=2: it says another place of itself"


def test_a_missing_file_and_another_key_do_not_pass_the_shell(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log", 5)
    other = log.vkey.replace("log.example/centre", "log.example/other")
    assert by_shell(log.path, other).stdout.startswith("FAIL checkpoint: VKEY")
    (log.path / "tile/0/000.p/5").unlink()
    done = by_shell(log.path, log.vkey)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "FAIL tile/0/000: missing")
    assert by_shell(tmp_path / "nowhere", log.vkey).returncode == 3
