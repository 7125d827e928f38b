"""Set-up on machines that lack everything, played with a PATH of stand-ins: what is installed, what is printed, when it stops."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "sed", "head", "sort", "mkdir", "find", "cut", "env", "touch", "cat")


@pytest.fixture
def machine(tmp_path):
    """A folder with the script and a `bin` that is the whole PATH."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/setup", tmp_path / "tools/setup")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def stand_in(machine: Path, name: str, script: str) -> None:
    program = machine / "bin" / name
    program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def set_up(machine: Path, *groups: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "tools/setup", *groups], capture_output=True, text=True, env={"PATH": str(machine / "bin")}, timeout=60
    )


def test_without_root_the_exact_command_is_printed_and_the_exit_code_is_3(machine):
    stand_in(machine, "id", "echo 1000")
    run = set_up(machine, "c", "test")
    assert run.returncode == 3
    assert "apt-get update && apt-get install --no-install-recommends gcc libc6-dev libzmq3-dev libcmocka-dev" in run.stderr


def test_the_compiler_of_cpp_and_its_test_framework_are_installed_when_they_are_missing(machine):
    stand_in(machine, "id", "echo 1000")
    run = set_up(machine, "cpp")
    assert run.returncode == 3
    assert "install --no-install-recommends g++ doctest-dev" in run.stderr


def test_nothing_missing_nothing_done(machine):
    stand_in(machine, "cc", "exit 0")
    stand_in(machine, "apt-get", "echo called; exit 1")
    run = set_up(machine, "c", "test")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_as_root_the_lists_are_read_and_only_what_is_missing_is_installed(machine):
    stand_in(machine, "id", "echo 0")
    stand_in(machine, "cc", f'case "$*" in *-lzmq*) [ -e {machine}/installed ];; *) exit 0;; esac')
    stand_in(machine, "apt-get", f'echo "$@" >>{machine}/calls; case $1 in install) : >{machine}/installed;; esac')
    run = set_up(machine, "c")
    assert run.returncode == 0, run.stderr
    assert (machine / "calls").read_text().splitlines() == ["update -q", "install -y -q --no-install-recommends libzmq3-dev"]


def test_with_a_sudo_that_asks_nothing_it_is_used(machine):
    stand_in(machine, "id", "echo 1000")
    stand_in(machine, "sudo", f'shift; echo "sudo $*" >>{machine}/calls; exec "$@"')
    stand_in(machine, "true", "exit 0")
    stand_in(machine, "cc", f'case "$*" in *-lzmq*) [ -e {machine}/installed ];; *) exit 0;; esac')
    stand_in(machine, "apt-get", f": >{machine}/installed")
    run = set_up(machine, "c")
    assert run.returncode == 0, run.stderr
    assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get install" in (machine / "calls").read_text()


def test_what_is_installed_and_still_not_usable_is_an_error(machine):
    stand_in(machine, "id", "echo 0")
    stand_in(machine, "cc", "exit 1")
    stand_in(machine, "apt-get", "exit 0")
    run = set_up(machine, "test")
    assert run.returncode == 1
    assert "still not usable: libcmocka-dev" in run.stderr


def test_a_cargo_that_is_too_old_is_replaced_by_the_newer_package(machine):
    (machine / "Cargo.toml").write_text('[workspace.package]\nrust-version = "1.86"\n')
    stand_in(machine, "id", "echo 1000")
    stand_in(machine, "cargo", "exit 0")
    stand_in(machine, "rustc", "echo 'rustc 1.63.0 (x)'")
    stand_in(machine, "apt-cache", "case $1 in policy) echo '  Candidate: 0.66.0+ds1-1';; *) exit 0;; esac")
    run = set_up(machine, "rust")
    assert run.returncode == 3
    assert "install --no-install-recommends cargo-web rustc-web" in run.stderr


def test_a_cargo_that_is_new_enough_is_used_as_it_is(machine):
    (machine / "Cargo.toml").write_text('[workspace.package]\nrust-version = "1.86"\n')
    stand_in(machine, "cargo", "exit 0")
    stand_in(machine, "rustc", "echo 'rustc 1.95.0 (x)'")
    assert set_up(machine, "rust").returncode == 0


def test_an_unknown_group_is_a_mistake_of_the_caller(machine):
    run = set_up(machine, "fortran")
    assert run.returncode == 2
    assert "no group 'fortran'" in run.stderr


def test_the_peers_of_the_benchmarks_are_a_group_of_their_own(machine):
    stand_in(machine, "id", "echo 1000")
    run = set_up(machine, "bench")
    assert run.returncode == 3
    assert "install --no-install-recommends libcaf-dev erlang-base libcjson-dev" in run.stderr
