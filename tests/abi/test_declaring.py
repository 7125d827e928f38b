"""The macros of <sabir/type.h>, used as a program in C and C++ uses them: in two files, under every warning, against the library."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SABIR_BUILD", ROOT / "build"))
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror", "-O2", f"-I{ROOT}/core/include"]

# Only the header that declares the macros: it has to bring all that they need.
SHOP = """
#include <sabir/type.h>
#define ITEM_FIELDS(F) F(SABIR_STRING, name) F(SABIR_OPTIONAL(SABIR_DOUBLE), price)
SABIR_MESSAGE(Item, ITEM_FIELDS);
#define ORDER_FIELDS(F) F(SABIR_BOOL, urgent) F(SABIR_MAP(SABIR_LIST(SABIR_LIST(SABIR_STRUCT(Item)))), items) \\
    F(SABIR_OPTIONAL(SABIR_STRUCT(Item)), extra)
SABIR_MESSAGE_NAMED(Order, "shop.Order", ORDER_FIELDS);
SABIR_SIGNAL(Close);
SABIR_SIGNAL_NAMED(Open, "shop.Open");
SABIR_OPEN_NAMED(Note, "shop.Note");
"""
OTHER = """
#include "shop.h"
#ifdef __cplusplus
extern "C"
#endif
const sabir_type *other(int which);
const sabir_type *other(int which) {
    return which == 0 ? Order_type() : which == 1 ? Item_type() : which == 2 ? Close_type() : which == 3 ? Open_type() : Note_type();
}
"""
MAIN = """
#include <stdio.h>
#include <string.h>
#include "shop.h"
#ifdef __cplusplus
extern "C"
#endif
const sabir_type *other(int which);
int main(void) {
    const sabir_type *mine[] = {Order_type(), Item_type(), Close_type(), Open_type(), Note_type()};
    struct Order order;
    memset(&order, 0, sizeof order);
    order.extra.present = true;
    order.extra.value.price.value = 2.5;
    for (int i = 0; i < 5; i++)
        if (!mine[i] || mine[i] != other(i)) return 1;
    printf("%s %zu %zu\\n", sabir_type_name(mine[0]), sabir_type_size_bytes(mine[0]) - sizeof(struct Order),
           sabir_type_field_count(mine[0]));
    return 0;
}
"""


@pytest.mark.parametrize("main", ["c", "c++"])
@pytest.mark.parametrize("other", ["c", "c++"])
def test_two_files_of_c_and_cpp_share_a_declared_type(tmp_path, main, other):
    if "c++" in (main, other) and not shutil.which(os.environ.get("CXX", "c++")):
        pytest.skip("there is no C++ compiler")
    (tmp_path / "shop.h").write_text(SHOP)
    objects = []
    for name, text, language in (("main", MAIN, main), ("other", OTHER, other)):
        compiler = os.environ.get("CC", "cc") if language == "c" else os.environ.get("CXX", "c++")
        standard = "-std=c11" if language == "c" else "-std=c++17"
        source = tmp_path / f"{name}.{'c' if language == 'c' else 'cc'}"
        source.write_text(text)
        objects.append(str(source.with_suffix(".o")))
        subprocess.run([compiler, standard, *STRICT, "-c", str(source), "-o", objects[-1]], check=True)
    program = tmp_path / "program"
    subprocess.run([os.environ.get("CC", "cc"), *objects, "-o", str(program), f"-L{BUILD}/lib", "-lsabir",
                    f"-Wl,-rpath,{BUILD.resolve()}/lib"], check=True)
    done = subprocess.run([str(program)], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (0, "shop.Order 0 3\n"), done.stderr


def test_a_kind_that_is_none_does_not_compile(tmp_path):
    source = tmp_path / "wrong.c"
    source.write_text("#include <sabir/type.h>\n#define FIELDS(F) F(SABIR_INT65, a)\nSABIR_MESSAGE(Wrong, FIELDS);\n")
    done = subprocess.run([os.environ.get("CC", "cc"), "-std=c11", *STRICT, "-fsyntax-only", str(source)], capture_output=True, text=True)
    assert done.returncode != 0 and "SABIR_INT65" in done.stderr
