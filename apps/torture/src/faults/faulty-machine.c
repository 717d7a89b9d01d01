// Preloaded into a server, it makes the machine fail as one line of a file says, from the next call on, for the files of
// one folder: `write 28` (calls that write fail with this errno), `read 5` (those that read from a place), `sync 5 phonebook.db`
// (calls that sync this file), `write 5 phonebook.db 7 1` (calls that write this file, from the eighth on; the last number
// tells such lines apart, and the first call that fails makes a file of the line's with `.struck`), `hold` (they wait until
// the line is gone), `clock -3600` (the time of day is as many seconds off).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct fault {
  char kind[16];
  long number;
  char name[64];
  long after, order;
};

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int ordered(const char *kind, struct fault *fault) {
  const char *file = getenv("FAULTS");
  int descriptor = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  if (descriptor < 0) return 0;
  char line[128] = "";
  *fault = (struct fault){0};
  const ssize_t length = read(descriptor, line, sizeof line - 1);
  close(descriptor);
  return length > 0 && sscanf(line, "%15s %ld %63s %ld %ld", fault->kind, &fault->number, fault->name, &fault->after, &fault->order) > 0 &&
         strcmp(fault->kind, kind) == 0;
}

// The kernel's own name for it, so that no table of descriptors can go stale.
static int meant(int descriptor, const char *name) {
  const char *folder = getenv("FAULTS_FOLDER");
  char link[32], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = folder ? readlink(link, path, sizeof path - 1) : -1;
  if (length < 0) return 0;
  path[length] = '\0';
  if (strncmp(path, folder, strlen(folder)) != 0) return 0;
  return *name == '\0' || strcmp(strrchr(path, '/') + 1, name) == 0;
}

static int passes(const struct fault *fault) {
  static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
  static long order, passed;
  char struck[PATH_MAX];
  pthread_mutex_lock(&turn);
  if (order != fault->order) passed = 0;
  order = fault->order;
  const int does = passed++ < fault->after;
  pthread_mutex_unlock(&turn);
  snprintf(struck, sizeof struck, "%s.struck", getenv("FAULTS"));
  if (!does) close(open(struck, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return does;
}

static int fails(const char *kind, int descriptor) {
  struct fault fault;
  if (!ordered(kind, &fault) || !meant(descriptor, fault.name)) return 0;
  if (fault.order > 0 && passes(&fault)) return 0;
  errno = (int)fault.number;
  return 1;
}

ssize_t write(int descriptor, const void *data, size_t length) {
  return fails("write", descriptor) ? -1 : NEXT(write)(descriptor, data, length);
}
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  return fails("write", descriptor) ? -1 : NEXT(pwrite64)(descriptor, data, length, offset);
}
ssize_t pread64(int descriptor, void *data, size_t length, off64_t offset) {
  return fails("read", descriptor) ? -1 : NEXT(pread64)(descriptor, data, length, offset);
}
int ftruncate64(int descriptor, off64_t length) {
  return fails("write", descriptor) ? -1 : NEXT(ftruncate64)(descriptor, length);
}

static int sync_by(int (*next)(int), int descriptor) {
  struct fault fault;
  const struct timespec moment = {0, 1000000};
  while (ordered("hold", &fault) && meant(descriptor, "")) nanosleep(&moment, NULL);
  return fails("sync", descriptor) ? -1 : next(descriptor);
}
int fsync(int descriptor) { return sync_by(NEXT(fsync), descriptor); }
int fdatasync(int descriptor) { return sync_by(NEXT(fdatasync), descriptor); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  struct fault fault;
  const int failed = NEXT(clock_gettime)(clock, time);
  if (!failed && clock == CLOCK_REALTIME && ordered("clock", &fault)) time->tv_sec += fault.number;
  return failed;
}
int gettimeofday(struct timeval *time, void *zone) {
  struct fault fault;
  const int failed = NEXT(gettimeofday)(time, zone);
  if (!failed && ordered("clock", &fault)) time->tv_sec += fault.number;
  return failed;
}
