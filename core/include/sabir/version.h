/*
 * Which release of the core this is. A binding compares the version that it was written for with the one that it loaded.
 */
#ifndef SABIR_VERSION_H
#define SABIR_VERSION_H

#include <sabir/export.h>

#define SABIR_VERSION_MAJOR 1
#define SABIR_VERSION_MINOR 0
#define SABIR_VERSION_PATCH 0

SABIR_BEGIN_DECLS

/**
 * The version of the loaded library: major * 1 000 000 + minor * 1 000 + patch.
 * A caller needs the same major and at least its own minor.
 *
 * Threads  any
 * Since    1.0
 */
SABIR_API uint32_t sabir_version(void);

/** The same as text, "1.0.0"; static. Since 1.0 */
SABIR_API const char *sabir_version_text(void);

SABIR_END_DECLS

#endif
