// Preloaded into processes, it writes down what they tell the disk about the files of one folder, from every process and
// thread, in the order in which it happened. `journal.ts` reads it. After so many events (POWER_LOSS_AFTER), counted from
// the line on that has a text in it (POWER_LOSS_IN), it kills the process, or has the disk fail: so many calls
// (POWER_LOSS_CALLS; any but reads, or only reads, or only syncs of one file: POWER_LOSS_ONLY) with an errno (POWER_LOSS_ERRNO), and
// nothing of what they were to do is done. Only a process whose command line has a text in it (POWER_LOSS_OF), where one is given.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATED, WRITTEN, TRUNCATED, RENAMED, UNLINKED, SYNC_BEGUN, SYNCED, LINKED, SYNC_FAILED };

struct header {
  uint32_t kind;
  uint32_t name_length;
  int64_t number; // an offset, a length, or which sync it is
  int64_t data_length;
};

// What all processes of one journal share, in a file beside it.
struct shared {
  // Held from before a call until it is written down, so that the journal's order is the disk's.
  pthread_mutex_t order;
  int64_t syncs;
  // Files of which a sync has failed, how many have, and the last one's errno.
  struct {
    char path[PATH_MAX];
    int count, error;
  } failures[16];
};

static struct shared *shared;
static const char *folder;
static size_t folder_length;
static int journal = -1;
static long left = -1;
static const char *within;
static int counting;
static int reason;
static long calls, failing;
static const char *only;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// The first process makes it, before there is another.
static struct shared *share(const char *file) {
  int descriptor = NEXT(open)(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const int first = descriptor >= 0;
  if (!first) descriptor = NEXT(open)(file, O_RDWR | O_CLOEXEC);
  if (first && NEXT(ftruncate64)(descriptor, sizeof(struct shared)) != 0) abort();
  struct shared *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) abort();
  if (first) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    // One that was killed may have held it.
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&memory->order, &kind);
  }
  return memory;
}

static void lock(void) {
  if (pthread_mutex_lock(&shared->order) == EOWNERDEAD) pthread_mutex_consistent(&shared->order);
}
static void unlock(void) { pthread_mutex_unlock(&shared->order); }

static int is_run_as(const char *text) {
  char line[2 * PATH_MAX];
  int descriptor = NEXT(open)("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ssize_t length = NEXT(read)(descriptor, line, sizeof line);
  close(descriptor);
  return length > 0 && memmem(line, length, text, strlen(text)) != NULL;
}

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("POWER_LOSS_JOURNAL"), *after = getenv("POWER_LOSS_AFTER");
  folder = getenv("POWER_LOSS_FOLDER");
  if (!file || !folder) return;
  folder_length = strlen(folder);
  const char *of = getenv("POWER_LOSS_OF");
  if (after && (!of || is_run_as(of))) {
    const char *error = getenv("POWER_LOSS_ERRNO"), *failing_calls = getenv("POWER_LOSS_CALLS");
    left = atol(after);
    if (error) reason = atoi(error);
    if (failing_calls) calls = atol(failing_calls);
    only = getenv("POWER_LOSS_ONLY");
    within = getenv("POWER_LOSS_IN");
  }
  counting = !within;
  char beside[PATH_MAX];
  snprintf(beside, sizeof beside, "%s.shared", file);
  shared = share(beside);
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
  if (within && data_length && memmem(data, data_length, within, strlen(within))) {
    if (counting) left = reason ? 0 : 1;
    if (counting) failing = 0;
    counting = 1;
  }
  if (!counting || left <= 0 || --left > 0) return;
  if (reason) failing = calls;
  // Under the lock: nothing can reach the disk that is not in the journal.
  else kill(getpid(), SIGKILL);
}

enum call { READS, CHANGES, SYNCS };

// What the process says of itself is no call of its own.
static int fails(const char *path, enum call call) {
  const char *name = strrchr(path, '/') + 1;
  if (failing <= 0 || strcmp(name, "lines") == 0) return 0;
  const int applies = !only ? call != READS : strcmp(only, "reads") == 0 ? call == READS : call == SYNCS && strcmp(name, only) == 0;
  if (!applies) return 0;
  failing--;
  errno = reason;
  return 1;
}

// As Linux does it, every descriptor that was open when a sync of its file failed is told once, by its next sync.
static int told[1024];

static int failure_of(const char *path) {
  int at = 0;
  while (at < 16 && shared->failures[at].count > 0 && strcmp(shared->failures[at].path, path) != 0) at++;
  if (at == 16) abort();
  return at;
}

static void remember_failure(const char *path) {
  const int at = failure_of(path);
  strcpy(shared->failures[at].path, path);
  shared->failures[at].count++;
  shared->failures[at].error = reason;
}

// The errno, or 0 where the descriptor has nothing to be told.
static int failure_told(const char *path, int descriptor) {
  if (descriptor >= (int)(sizeof told / sizeof *told)) abort();
  const int at = failure_of(path), known = told[descriptor];
  told[descriptor] = shared->failures[at].count;
  return known < told[descriptor] ? shared->failures[at].error : 0;
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (!watched(path)) return NEXT(open)(path, flags, mode);
  lock();
  int existed = access(path, F_OK) == 0;
  int makes = flags & (O_CREAT | O_TRUNC);
  int descriptor = makes && fails(path, CHANGES) ? -1 : NEXT(open)(path, flags, mode);
  if (descriptor >= 0) failure_told(path, descriptor);
  if (descriptor >= 0 && !existed) record(CREATED, path, 0, NULL, 0);
  if (descriptor >= 0 && existed && flags & O_TRUNC) record(TRUNCATED, path, 0, NULL, 0);
  unlock();
  return descriptor;
}
int open64(const char *, int, ...) __attribute__((alias("open")));

static int fails_to_read(int descriptor) {
  char path[PATH_MAX];
  if (!only || !watched_descriptor(descriptor, path)) return 0;
  lock();
  const int failed = fails(path, READS);
  unlock();
  return failed;
}

ssize_t read(int descriptor, void *data, size_t length) {
  return fails_to_read(descriptor) ? -1 : NEXT(read)(descriptor, data, length);
}

ssize_t pread64(int descriptor, void *data, size_t length, off64_t offset) {
  return fails_to_read(descriptor) ? -1 : NEXT(pread64)(descriptor, data, length, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return NEXT(pwrite64)(descriptor, data, length, offset);
  lock();
  ssize_t written = fails(path, CHANGES) ? -1 : NEXT(pwrite64)(descriptor, data, length, offset);
  if (written > 0) record(WRITTEN, path, offset, data, written);
  unlock();
  return written;
}

ssize_t write(int descriptor, const void *data, size_t length) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return NEXT(write)(descriptor, data, length);
  lock();
  ssize_t written = fails(path, CHANGES) ? -1 : NEXT(write)(descriptor, data, length);
  if (written > 0) record(WRITTEN, path, lseek(descriptor, 0, SEEK_CUR) - written, data, written);
  unlock();
  return written;
}

int ftruncate64(int descriptor, off64_t length) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return NEXT(ftruncate64)(descriptor, length);
  lock();
  int failed = fails(path, CHANGES) ? -1 : NEXT(ftruncate64)(descriptor, length);
  if (!failed) record(TRUNCATED, path, length, NULL, 0);
  unlock();
  return failed;
}

int mkdir(const char *path, mode_t mode) {
  if (!watched(path)) return NEXT(mkdir)(path, mode);
  lock();
  int failed = fails(path, CHANGES) ? -1 : NEXT(mkdir)(path, mode);
  if (!failed) record(CREATED, path, 0, NULL, 0);
  unlock();
  return failed;
}

int rename(const char *from, const char *to) {
  if (!watched(from)) return NEXT(rename)(from, to);
  lock();
  int failed = fails(from, CHANGES) ? -1 : NEXT(rename)(from, to);
  if (!failed) record(RENAMED, from, 0, to, strlen(to));
  unlock();
  return failed;
}

int link(const char *from, const char *to) {
  if (!watched(to)) return NEXT(link)(from, to);
  lock();
  int failed = fails(to, CHANGES) ? -1 : NEXT(link)(from, to);
  if (!failed) record(LINKED, from, 0, to, strlen(to));
  unlock();
  return failed;
}

static int remove_by(int (*next)(const char *), const char *path) {
  if (!watched(path)) return next(path);
  lock();
  int failed = fails(path, CHANGES) ? -1 : next(path);
  if (!failed) record(UNLINKED, path, 0, NULL, 0);
  unlock();
  return failed;
}
int unlink(const char *path) { return remove_by(NEXT(unlink), path); }
int remove(const char *path) { return remove_by(NEXT(remove), path); }

// What others write during a sync may or may not be part of it: the lock is not held meanwhile.
static int sync_by(int (*next)(int), int descriptor) {
  char path[PATH_MAX];
  if (!watched_descriptor(descriptor, path)) return next(descriptor);
  lock();
  const int64_t number = ++shared->syncs;
  record(SYNC_BEGUN, path, number, NULL, 0);
  if (fails(path, SYNCS)) {
    remember_failure(path);
    failure_told(path, descriptor);
    record(SYNC_FAILED, path, number, NULL, 0);
    unlock();
    errno = reason;
    return -1;
  }
  unlock();
  if (next(descriptor) != 0) abort();
  lock();
  const int error = failure_told(path, descriptor);
  record(error ? SYNC_FAILED : SYNCED, path, number, NULL, 0);
  unlock();
  if (!error) return 0;
  errno = error;
  return -1;
}
int fsync(int descriptor) { return sync_by(NEXT(fsync), descriptor); }
int fdatasync(int descriptor) { return sync_by(NEXT(fdatasync), descriptor); }
