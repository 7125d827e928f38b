"""The checkers of the house are checked: each must see the fault that it is for."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def load(name: str):
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


house, abi, check_docs = load("house"), load("abi"), load("check_docs")


def test_the_transport_s_header_has_one_door():
    assert list(house.layer_faults("core/src/remote.c", ["#include <zmq.h>"])) == []
    assert list(house.layer_faults("core/src/actor.c", ["", "#include <zmq.h>"])) == [
        "core/src/actor.c:2: zmq.h may be included only by core/src/remote.c"
    ]


def test_cjson_may_not_enter_the_core():
    assert list(house.layer_faults("core/src/config.c", ["#  include <cjson/cJSON.h>"]))
    assert not list(house.layer_faults("interop/cli/main.c", ["#include <cjson/cJSON.h>"]))


def test_functions_of_c_are_measured_from_signature_to_brace():
    lines = [
        "int x = 1;",
        "static int f(int a,",
        "             int b) {",
        "    return a;",
        "}",
        "struct s {",
        "    int a;",
        "};",
        "int g(void) {",
        "}",
    ]
    assert list(house.c_functions(lines)) == [(2, 5), (9, 10)]


def test_functions_of_cpp_are_measured_within_their_class():
    lines = [
        "class A : public B<int> {",
        "public:",
        "    int f(int a) const {",
        "        if (a) {",
        "        }",
        "        return a;",
        "    }",
        "};",
        "void g() {",
        "}",
    ]
    assert list(house.cpp_functions(lines)) == [(3, 7), (9, 10)]


def test_functions_of_rust_are_measured():
    lines = ["impl A {", "    pub fn f(", "        &self,", "    ) -> u8 {", "        1", "    }", "}", "fn g() {}", "fn h() {", "}"]
    assert list(house.rust_functions(lines)) == [(2, 6), (9, 10)]


def test_functions_of_python_are_measured():
    assert list(house.python_functions(["def f():", "    return (1 +", "            2)"])) == [(1, 3)]


def test_an_exported_function_is_found_in_any_shape(tmp_path, monkeypatch):
    (tmp_path / "a.h").write_text(
        "/* SABIR_API int sabir_not(void); */\n#define SABIR_API x\nSABIR_API int sabir_a(int b);\n"
        "SABIR_API const char *sabir_b(\n    void);\nSABIR_API sabir_ref *sabir_c(sabir_ref *r);\n"
        "static inline int sabir_d(void) { return 0; }\n"
    )
    monkeypatch.setattr(abi, "HEADERS", tmp_path)
    assert abi.header_symbols() == {"sabir_a", "sabir_b", "sabir_c"}


def test_the_version_script_is_read_node_by_node(tmp_path, monkeypatch):
    (tmp_path / "x.map").write_text("SABIR_1.0 {\n global:\n sabir_a;\n local:\n *;\n};\nSABIR_1.1 {\n global:\n sabir_b;\n} SABIR_1.0;\n")
    monkeypatch.setattr(abi, "MAP", tmp_path / "x.map")
    assert abi.map_symbols() == {"sabir_a": "1.0", "sabir_b": "1.1"}


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    (tmp_path / "b.md").write_text('# The B, of `x`\n<a id="K-1"></a>\n')
    (tmp_path / "a.md").write_text("[1](b.md) [2](b.md#K-1) [3](b.md#the-b-of-x)\n[4](c.md)\n[5](b.md#no)\n```\n[6](d.md)\n```\n")
    assert check_docs.link_faults(tmp_path / "a.md") == ["a.md:2: c.md: there is no c.md", "a.md:3: b.md#no: b.md has no anchor #no"]


def test_a_clause_that_does_not_exist_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(check_docs, "ROOT", tmp_path)
    (tmp_path / "a.c").write_text("/* ENV-4, ENV-99 and ENV-5 */\n")
    assert check_docs.clause_faults(tmp_path / "a.c", {"ENV-4"}) == ["a.c:1: ENV-5 is no clause of docs/protocol.md"]
