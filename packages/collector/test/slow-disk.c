/* Loaded before libc in tests: a disk that is slow, small, or full while a file exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void wait_for_disk(void) {
  const char *milliseconds = getenv("TEST_FSYNC_MS");
  if (milliseconds) usleep(1000 * atoi(milliseconds));
}

static int path_of(int file, char *path, size_t size) {
  char link[64];
  __builtin_snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, size - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return 1;
}

static int is_full(int file) {
  const char *marker = getenv("TEST_FULL_MARKER");
  char path[4096];
  if (!marker || access(marker, F_OK) != 0) return 0;
  /* Only the store's own files are on the full disk. */
  return path_of(file, path, sizeof path) && strstr(path, "caum.db") != NULL;
}

/* Disks give space in blocks. */
static long blocks(off_t size) { return (size + 4095) / 4096; }

/*
 * Whether a write up to `end` needs more than is left of TEST_QUOTA_BYTES for files whose path begins
 * with TEST_QUOTA_FOLDER. Another folder has the whole quota again; what is deleted gives nothing back.
 */
static int is_over_quota(int file, off_t end) {
  static char counted[4096];
  static atomic_long used;
  const char *folder = getenv("TEST_QUOTA_FOLDER"), *quota = getenv("TEST_QUOTA_BYTES");
  char path[4096];
  struct stat status;
  if (!folder || !quota || !path_of(file, path, sizeof path)) return 0;
  if (strncmp(path, folder, strlen(folder)) != 0 || fstat(file, &status) != 0) return 0;
  if (strcmp(counted, folder) != 0) {
    strncpy(counted, folder, sizeof counted - 1);
    used = 0;
  }
  long growth = 4096 * (blocks(end) - blocks(status.st_size));
  if (growth <= 0) return 0;
  if (atomic_fetch_add(&used, growth) + growth <= atol(quota)) return 0;
  atomic_fetch_sub(&used, growth);
  return 1;
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
    if (is_full(file) || is_over_quota(file, at + length)) {                 \
      errno = ENOSPC;                                                        \
      return -1;                                                             \
    }                                                                        \
    return real(file, bytes, length, at);                                    \
  }

WRITER(pwrite, off_t)
WRITER(pwrite64, off64_t)

ssize_t write(int file, const void *bytes, size_t length) {
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  off_t at = lseek(file, 0, fcntl(file, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
  if (at >= 0 && is_over_quota(file, at + length)) {
    errno = ENOSPC;
    return -1;
  }
  return real(file, bytes, length);
}
