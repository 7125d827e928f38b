#include <sabir/version.h>

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

uint32_t sabir_version(void) {
    return SABIR_VERSION_MAJOR * 1000000 + SABIR_VERSION_MINOR * 1000 + SABIR_VERSION_PATCH;
}

const char *sabir_version_text(void) {
    return TEXT(SABIR_VERSION_MAJOR) "." TEXT(SABIR_VERSION_MINOR) "." TEXT(SABIR_VERSION_PATCH);
}
