"""`make install` into an empty prefix, a program built against it alone, and `make uninstall` that leaves nothing."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
#include <sabir/sabir.h>
#include <stdio.h>
int main(void) {
    sabir_manager *manager;
    if (sabir_manager_new(NULL, &manager) != SABIR_OK) return 1;
    if (sabir_manager_start(manager) != SABIR_OK || sabir_manager_stop(manager) != SABIR_OK) return 2;
    sabir_manager_free(manager);
    puts(sabir_version_text());
    return 0;
}
"""


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "LD_PRELOAD")}
    return subprocess.run(["make", "-C", str(ROOT), *arguments], capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    installed = make("install", f"PREFIX={folder}")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return folder


def test_the_library_lies_under_its_version_with_links_to_it(prefix):
    version = re.search(r"Version: (\S+)", (prefix / "lib/pkgconfig/sabir.pc").read_text()).group(1)
    assert (prefix / "lib/libsabir.so.1").readlink() == Path(f"libsabir.so.{version}")
    assert (prefix / "lib/libsabir.so").readlink() == Path("libsabir.so.1")
    assert (prefix / f"lib/libsabir.so.{version}").is_file()


def test_the_pkg_config_file_names_folders_that_are_there(prefix):
    text = (prefix / "lib/pkgconfig/sabir.pc").read_text()
    variables = dict(re.findall(r"^(\w+)=(.*)$", text, re.M))
    for name in ("libdir", "includedir"):
        assert Path(variables[name].replace("${prefix}", variables["prefix"])).is_dir(), text
    assert "@" not in text


def test_a_program_builds_and_runs_against_the_prefix_alone(prefix, tmp_path):
    source = tmp_path / "program.c"
    source.write_text(PROGRAM)
    subprocess.run(
        [
            os.environ.get("CC", "cc"),
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            f"-I{prefix}/include",
            str(source),
            "-o",
            str(tmp_path / "program"),
            f"-L{prefix}/lib",
            "-lsabir",
            f"-Wl,-rpath,{prefix}/lib",
        ],
        check=True,
    )
    run = subprocess.run([tmp_path / "program"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "1.0.0\n"), run.stderr


CPP_PROGRAM = """
#include <iostream>
#include <sabir/sabir.hpp>
struct Ping : sabir::Message_N<100> {
    std::int64_t count = 0;
    SABIR_CPP_MESSAGE(Ping, (count));
};
struct Echo : sabir::Actor {
    Echo() { MESSAGE_HANDLER(Ping, on_ping); }
    void on_ping(const Ping *msg) { reply(new Ping(*msg)); }
};
int main() {
    sabir::Manager manager;
    const sabir::Ref echo = manager.manage("echo", new Echo);
    manager.start();
    Ping ping;
    ping.count = 42;
    std::cout << echo.ask<Ping>(ping, std::chrono::seconds(10)).count << std::endl;
}
"""


def test_a_program_in_cpp_builds_with_strict_warnings_and_runs_against_the_prefix_alone(prefix, tmp_path):
    source = tmp_path / "program.cpp"
    source.write_text(CPP_PROGRAM)
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
    subprocess.run([os.environ.get("CXX", "c++"), "-std=c++17", *warnings, f"-I{prefix}/include", str(source), "-o",
                    str(tmp_path / "program"), f"-L{prefix}/lib", "-lsabir", "-pthread", f"-Wl,-rpath,{prefix}/lib"], check=True)
    run = subprocess.run([tmp_path / "program"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "42\n"), run.stderr


def test_the_command_finds_its_library_and_its_verbs(prefix, tmp_path):
    version = subprocess.run([prefix / "bin/sabir", "--version"], capture_output=True, text=True, cwd=tmp_path)
    assert version.returncode == 0, version.stderr
    assert "1.0.0" in version.stdout
    verb = subprocess.run([prefix / "bin/sabir", "conform", "--help"], capture_output=True, text=True, cwd=tmp_path)
    assert verb.returncode == 0, verb.stdout + verb.stderr
    assert "usage" in verb.stdout


def test_uninstall_leaves_no_file(tmp_path):
    assert make("install", f"PREFIX={tmp_path}").returncode == 0
    removed = make("uninstall", f"PREFIX={tmp_path}")
    assert removed.returncode == 0, removed.stderr
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
