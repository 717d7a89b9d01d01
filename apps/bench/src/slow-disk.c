// Preloaded into a server, this makes its disk slow: what SQLite and libuv call, through libc, to have data on the disk.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_disk(void) {
  const char *text = getenv("SLOW_DISK_MILLIS");
  const long millis = text ? atol(text) : 0;
  const struct timespec time = {millis / 1000, millis % 1000 * 1000000};
  nanosleep(&time, 0);
}

#define SLOW(name)                                                                                                     \
  int name(int fd) {                                                                                                   \
    wait_for_disk();                                                                                                   \
    return ((int (*)(int))dlsym(RTLD_NEXT, #name))(fd);                                                                \
  }

SLOW(fsync)
SLOW(fdatasync)
SLOW(syncfs)

int sync_file_range(int fd, off64_t from, off64_t bytes, unsigned flags) {
  wait_for_disk();
  return ((int (*)(int, off64_t, off64_t, unsigned))dlsym(RTLD_NEXT, "sync_file_range"))(fd, from, bytes, flags);
}
