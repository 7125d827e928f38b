/*
 * What every public header needs: visibility and C linkage.
 */
#ifndef SABIR_EXPORT_H
#define SABIR_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SABIR_API __attribute__((visibility("default")))

#ifdef __cplusplus
#define SABIR_BEGIN_DECLS extern "C" {
#define SABIR_END_DECLS }
#else
#define SABIR_BEGIN_DECLS
#define SABIR_END_DECLS
#endif

#endif
