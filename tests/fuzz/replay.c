/*
 * Gives a fuzz target every file of a folder, once: what the fuzzer once found stays found, with any compiler.
 *
 *     build/replay/tests/fuzz/json_fuzz_replay tests/fuzz/corpus/json
 *
 * Prints how many inputs there were; none is a failure. A crash of the target is the exit code.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's bytes in a block of exactly their size, so that a read past the end is seen; NULL if it cannot be read. */
static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    uint8_t *bytes = NULL;
    long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (length >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        *size = (size_t)length;
        bytes = malloc(*size ? *size : 1);
        if (bytes && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    (void)fclose(file);
    return bytes;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        (void)fprintf(stderr, "%s: cannot be read; it should hold the corpus of this target\n", argv[1]);
        return 1;
    }
    unsigned count = 0, unreadable = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name) >= (int)sizeof path) continue;
        size_t size = 0;
        uint8_t *bytes = read_file(path, &size);
        if (bytes) {
            (void)LLVMFuzzerTestOneInput(bytes, size);
            count++;
        } else {
            (void)fprintf(stderr, "%s: cannot be read\n", path);
            unreadable++;
        }
        free(bytes);
    }
    (void)closedir(folder);
    (void)printf("%s: %u inputs replayed\n", argv[1], count);
    return count == 0 || unreadable ? 1 : 0;
}
