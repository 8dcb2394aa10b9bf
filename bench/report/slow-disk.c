/* Loaded before libc: every call that changes a file takes SLOW_DISK_MS longer, on whatever thread. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void wait_for_disk(void) {
  const char *milliseconds = getenv("SLOW_DISK_MS");
  if (milliseconds) usleep(1000 * atoi(milliseconds));
}

static int is_file(int file) {
  struct stat found;
  return fstat(file, &found) == 0 && S_ISREG(found.st_mode);
}

#define POSITIONED(name, offset_type)                                        \
  ssize_t name(int file, const void *bytes, size_t length, offset_type at) { \
    ssize_t (*real)(int, const void *, size_t, offset_type) =                \
        dlsym(RTLD_NEXT, #name);                                             \
    if (is_file(file)) wait_for_disk();                                      \
    return real(file, bytes, length, at);                                    \
  }

POSITIONED(pwrite, off_t)
POSITIONED(pwrite64, off64_t)

ssize_t write(int file, const void *bytes, size_t length) {
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  if (is_file(file)) wait_for_disk();
  return real(file, bytes, length);
}

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
  wait_for_disk();
  return real(from, to);
}

#define OPENER(name)                                                         \
  int name(const char *path, int flags, ...) {                               \
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);           \
    va_list words;                                                           \
    va_start(words, flags);                                                  \
    mode_t mode = flags & O_CREAT ? va_arg(words, mode_t) : 0;               \
    va_end(words);                                                           \
    if (flags & (O_CREAT | O_WRONLY | O_RDWR)) wait_for_disk();              \
    return real(path, flags, mode);                                          \
  }

OPENER(open)
OPENER(open64)
