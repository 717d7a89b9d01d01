// Preloaded into a process, it writes down what the process tells the disk about the files of one folder, from every
// thread, in the order in which it happened. `journal.ts` reads it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATED, WRITTEN, TRUNCATED, RENAMED, UNLINKED, SYNC_BEGUN, SYNCED, LINKED };

struct header {
  uint32_t kind;
  uint32_t name_length;
  int64_t number; // an offset, a length, or which sync it is
  int64_t data_length;
};

// Held from before a call until it is written down, so that the journal's order is the disk's.
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int journal = -1;
static int64_t syncs;
static long left = -1;
static const char *kill_in;
static int counting;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("POWER_LOSS_JOURNAL"), *kill_after = getenv("POWER_LOSS_KILL_AFTER");
  folder = getenv("POWER_LOSS_FOLDER");
  if (!file || !folder) return;
  folder_length = strlen(folder);
  if (kill_after) left = atol(kill_after);
  kill_in = getenv("POWER_LOSS_KILL_IN");
  counting = !kill_in;
  journal = NEXT(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int watched(const char *path) {
  return journal >= 0 && strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == '\0');
}

// The kernel's own name for it, so that no table of descriptors can go stale.
static int watched_descriptor(int descriptor, char *path) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return watched(path);
}

static void record(uint32_t kind, const char *name, int64_t number, const void *data, size_t data_length) {
  struct header header = {kind, strlen(name), number, data_length};
  struct iovec parts[] = {{&header, sizeof header}, {(void *)name, header.name_length}, {(void *)data, data_length}};
  if (writev(journal, parts, 3) != (ssize_t)(sizeof header + header.name_length + data_length)) abort();
  // A line that tells of it is written before and after: events count from the first on, and at the second it is too late.
  if (kill_in && data_length && memmem(data, data_length, kill_in, strlen(kill_in))) {
    if (counting) left = 1;
    counting = 1;
  }
  // Under the lock: nothing can reach the disk that is not in the journal.
  if (counting && left > 0 && --left == 0) kill(getpid(), SIGKILL);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (!watched(path) || !(flags & (O_CREAT | O_TRUNC))) return NEXT(open)(path, flags, mode);
  pthread_mutex_lock(&order);
  int existed = access(path, F_OK) == 0;
  int descriptor = NEXT(open)(path, flags, mode);
  if (descriptor >= 0 && !existed) record(CREATED, path, 0, NULL, 0);
  if (descriptor >= 0 && existed && flags & O_TRUNC) record(TRUNCATED, path, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return descriptor;
}
int open64(const char *, int, ...) __attribute__((alias("open")));

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return NEXT(pwrite64)(descriptor, data, length, offset);
  pthread_mutex_lock(&order);
  ssize_t written = NEXT(pwrite64)(descriptor, data, length, offset);
  if (written > 0) record(WRITTEN, path, offset, data, written);
  pthread_mutex_unlock(&order);
  return written;
}

ssize_t write(int descriptor, const void *data, size_t length) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return NEXT(write)(descriptor, data, length);
  pthread_mutex_lock(&order);
  ssize_t written = NEXT(write)(descriptor, data, length);
  if (written > 0) record(WRITTEN, path, lseek(descriptor, 0, SEEK_CUR) - written, data, written);
  pthread_mutex_unlock(&order);
  return written;
}

int ftruncate64(int descriptor, off64_t length) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return NEXT(ftruncate64)(descriptor, length);
  pthread_mutex_lock(&order);
  int failed = NEXT(ftruncate64)(descriptor, length);
  if (!failed) record(TRUNCATED, path, length, NULL, 0);
  pthread_mutex_unlock(&order);
  return failed;
}

int mkdir(const char *path, mode_t mode) {
  if (!watched(path)) return NEXT(mkdir)(path, mode);
  pthread_mutex_lock(&order);
  int failed = NEXT(mkdir)(path, mode);
  if (!failed) record(CREATED, path, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return failed;
}

int rename(const char *from, const char *to) {
  if (!watched(from)) return NEXT(rename)(from, to);
  pthread_mutex_lock(&order);
  int failed = NEXT(rename)(from, to);
  if (!failed) record(RENAMED, from, 0, to, strlen(to));
  pthread_mutex_unlock(&order);
  return failed;
}

int link(const char *from, const char *to) {
  if (!watched(to)) return NEXT(link)(from, to);
  pthread_mutex_lock(&order);
  int failed = NEXT(link)(from, to);
  if (!failed) record(LINKED, from, 0, to, strlen(to));
  pthread_mutex_unlock(&order);
  return failed;
}

int unlink(const char *path) {
  if (!watched(path)) return NEXT(unlink)(path);
  pthread_mutex_lock(&order);
  int failed = NEXT(unlink)(path);
  if (!failed) record(UNLINKED, path, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return failed;
}

// The lock is not held meanwhile: what others write during a sync may or may not be part of it.
static int sync_by(int (*next)(int), int descriptor) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return next(descriptor);
  pthread_mutex_lock(&order);
  int64_t number = ++syncs;
  record(SYNC_BEGUN, path, number, NULL, 0);
  pthread_mutex_unlock(&order);
  int failed = next(descriptor);
  if (failed) return failed;
  pthread_mutex_lock(&order);
  record(SYNCED, path, number, NULL, 0);
  pthread_mutex_unlock(&order);
  return 0;
}
int fsync(int descriptor) { return sync_by(NEXT(fsync), descriptor); }
int fdatasync(int descriptor) { return sync_by(NEXT(fdatasync), descriptor); }
