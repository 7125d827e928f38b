/*
 * For clang-tidy alone, before every file: sb_error returns the code that it is given, never 0.
 * Without this it follows paths on which an error was told and the function then went on.
 */
#ifndef SABIR_TIDY_H
#define SABIR_TIDY_H

#include "../core/src/error.h"
#define sb_error(code, ...) (sb_error((code), __VA_ARGS__), (code))

#endif
