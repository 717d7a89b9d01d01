// Preloaded before faulty-machine.c, it keeps in a folder what a disk holds of a database, were the power to fail: what was
// written reaches it when a sync succeeds, and never where that sync fails, since the kernel takes it for written then.
// DISK_FORGETS: what such a sync should have written is dropped from memory too, and reads as it was before.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A stretch of a file that is not on the disk yet; a negative length: the file was cut at the offset.
struct unsynced {
  long offset, length;
};

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int is_kept(const char *path) {
  const char *folder = getenv("FAULTS_FOLDER"), *disk = getenv("DISK");
  const char *name = strrchr(path, '/');
  return folder && disk && name && strncmp(path, folder, strlen(folder)) == 0 &&
         (strcmp(name, "/phonebook.db") == 0 || strcmp(name, "/phonebook.db-wal") == 0);
}

static int path_of(int descriptor, char *path) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return is_kept(path);
}

static void on_disk(char *beside, const char *path, const char *suffix) {
  snprintf(beside, PATH_MAX, "%s%s%s", getenv("DISK"), strrchr(path, '/'), suffix);
}

static void remember(int descriptor, long offset, long length) {
  char path[PATH_MAX], list[PATH_MAX];
  if (length == 0 || !path_of(descriptor, path)) return;
  on_disk(list, path, ".unsynced");
  const struct unsynced stretch = {offset, length};
  pthread_mutex_lock(&turn);
  const int to = open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (to < 0 || NEXT(write)(to, &stretch, sizeof stretch) != sizeof stretch) abort();
  close(to);
  pthread_mutex_unlock(&turn);
}

static void copy(int from, int to, const struct unsynced *stretch) {
  char *bytes = calloc(1, stretch->length);
  if (pread(from, bytes, stretch->length, stretch->offset) < 0) abort();
  if (NEXT(pwrite64)(to, bytes, stretch->length, stretch->offset) != stretch->length) abort();
  free(bytes);
}

static int sync_by(int (*next)(int), int descriptor) {
  char path[PATH_MAX], list[PATH_MAX], settled[PATH_MAX], held[PATH_MAX];
  if (!path_of(descriptor, path)) return next(descriptor);
  on_disk(list, path, ".unsynced");
  on_disk(settled, path, ".settled");
  on_disk(held, path, "");
  // What is written from here on is of the next sync.
  struct stat written = {0};
  stat(list, &written);
  const int failed = next(descriptor), reason = errno;

  pthread_mutex_lock(&turn);
  const int stretches = open(list, O_RDONLY | O_CLOEXEC);
  // How much of the list an earlier sync has settled, or one that began later and was done before.
  const int mark = open(settled, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  // The file not through a descriptor of its own: to close one would end SQLite's locks on it.
  const int disk = open(held, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  long at = 0;
  if (pread(mark, &at, sizeof at, 0) < 0) abort();
  struct unsynced stretch;
  for (; at < written.st_size && pread(stretches, &stretch, sizeof stretch, at) == sizeof stretch; at += sizeof stretch) {
    if (failed && getenv("DISK_FORGETS") && stretch.length > 0) copy(disk, descriptor, &stretch);
    if (failed) continue;
    if (stretch.length > 0) copy(descriptor, disk, &stretch);
    else if (NEXT(ftruncate64)(disk, stretch.offset) != 0) abort();
  }
  if (NEXT(pwrite64)(mark, &at, sizeof at, 0) != sizeof at) abort();
  if (stretches >= 0) close(stretches);
  close(mark);
  close(disk);
  pthread_mutex_unlock(&turn);
  errno = reason;
  return failed;
}
int fsync(int descriptor) { return sync_by(NEXT(fsync), descriptor); }
int fdatasync(int descriptor) { return sync_by(NEXT(fdatasync), descriptor); }

ssize_t write(int descriptor, const void *data, size_t length) {
  const off_t offset = lseek(descriptor, 0, SEEK_CUR);
  const ssize_t written = NEXT(write)(descriptor, data, length);
  if (written > 0) remember(descriptor, offset, written);
  return written;
}
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
  const ssize_t written = NEXT(pwrite64)(descriptor, data, length, offset);
  if (written > 0) remember(descriptor, offset, written);
  return written;
}
ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
  return pwrite64(descriptor, data, length, offset);
}
int ftruncate64(int descriptor, off64_t length) {
  const int failed = NEXT(ftruncate64)(descriptor, length);
  if (!failed) remember(descriptor, length, -1);
  return failed;
}
int unlink(const char *path) {
  const int failed = NEXT(unlink)(path);
  char beside[PATH_MAX];
  const char *parts[] = {"", ".unsynced", ".settled"};
  for (int part = 0; !failed && is_kept(path) && part < 3; part += 1) {
    on_disk(beside, path, parts[part]);
    NEXT(unlink)(beside);
  }
  return failed;
}
