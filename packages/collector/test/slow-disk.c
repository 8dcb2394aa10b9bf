/* Loaded before libc in tests: a disk that is slow, or full while a file exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_for_disk(void) {
  const char *milliseconds = getenv("TEST_FSYNC_MS");
  if (milliseconds) usleep(1000 * atoi(milliseconds));
}

static int is_full(int file) {
  const char *marker = getenv("TEST_FULL_MARKER");
  char link[64], path[4096];
  if (!marker || access(marker, F_OK) != 0) return 0;
  ssize_t length;
  __builtin_snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  /* Only the store's own files are on the full disk. */
  for (char *at = path; *at; at++) {
    if (at[0] == 'c' && at[1] == 'a' && at[2] == 'u' && at[3] == 'm' && at[4] == '.' && at[5] == 'd' && at[6] == 'b')
      return 1;
  }
  return 0;
}

int fsync(int file) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  wait_for_disk();
  return real(file);
}

int fdatasync(int file) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  wait_for_disk();
  return real(file);
}

#define WRITER(name, offset_type)                                            \
  ssize_t name(int file, const void *bytes, size_t length, offset_type at) { \
    ssize_t (*real)(int, const void *, size_t, offset_type) =                \
        dlsym(RTLD_NEXT, #name);                                             \
    if (is_full(file)) {                                                     \
      errno = ENOSPC;                                                        \
      return -1;                                                             \
    }                                                                        \
    return real(file, bytes, length, at);                                    \
  }

WRITER(pwrite, off_t)
WRITER(pwrite64, off64_t)
