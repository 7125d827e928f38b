/*
 * The C++ Actor Framework, 0.17 as Debian 12 has it: each case in the shape of our program of that name.
 *
 *     caf ping-detached|ping1|ping2|stream COUNT
 *     caf fan-in|ring|big|fork-join ACTORS COUNT
 *     caf spawn|arm|late|idle COUNT
 */
#include "caf_rig.hpp"

int main(int argc, char **argv) {
    if (argc < 2) die("usage: caf CASE COUNT...");
    std::string what = argv[1];
    if (!run_talk(what, argc, argv) && !run_crowd(what, argc, argv) && !run_life(what, argc, argv))
        die("caf: no case " + what);
    return 0;
}
