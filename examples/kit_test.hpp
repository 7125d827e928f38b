/*
 * What the examples' tests in C++ share. A test includes its program, whose main is then no main any more: only that one may end without
 * a return.
 */
#ifndef EXAMPLES_KIT_TEST_HPP
#define EXAMPLES_KIT_TEST_HPP

#include <cstdlib>
#include <iostream>
#include <sabir/kit.hpp>
#include <thread>

#pragma GCC diagnostic ignored "-Wreturn-type"

inline void expect(bool is_so, const char *what) {
    if (is_so) return;
    std::cerr << "not so: " << what << std::endl;
    std::exit(1);
}
#define EXPECT(condition) expect((condition), #condition)

#endif
