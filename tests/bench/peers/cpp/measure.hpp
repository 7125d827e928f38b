/*
 * What the peers in C++ share: the clock, a wrong result, the line for the driver.
 */
#ifndef MEASURE_HPP
#define MEASURE_HPP

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

inline double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] inline void die(const std::string &words) {
    std::fprintf(stderr, "%s\n", words.c_str());
    std::_Exit(1);
}

inline void need(bool holds, const char *words) {
    if (!holds) die(words);
}

inline int64_t number(int argc, char **argv, int index) {
    if (index >= argc) die(std::string("usage: ") + argv[0] + " CASE NUMBERS...");
    return std::stoll(argv[index]);
}

inline void print(double value) {
    std::printf("{\"value\": %.6g}\n", value);
    std::fflush(stdout);
}

inline void print_two(double value, const char *key, double other) {
    std::printf("{\"value\": %.6g, \"%s\": %.6g}\n", value, key, other);
    std::fflush(stdout);
}

inline double resident_bytes() {
    long all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/* xorshift: the same draws in every run and for every peer. */
struct Random {
    uint64_t state;
    uint64_t draw() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }
};

#endif
