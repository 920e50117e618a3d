// Files, sockets and facts about the machine.
#define _GNU_SOURCE 1
#include "CSys.h"
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>

int cs_open(const char *path, int flags, unsigned mode) { return open(path, flags | O_CLOEXEC, mode); }
int cs_set_nonblocking(int fd, bool on) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}
int cs_set_cloexec(int fd, bool on) { return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0); }
int cs_is_socket(int fd) {
    struct stat facts;
    return fstat(fd, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

uint64_t cs_clock_ns(int which) {
    struct timespec now;
    clock_gettime(which == 0 ? CLOCK_REALTIME : which == 1 ? CLOCK_MONOTONIC : CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
int cs_get_random(void *into, size_t count) { return getrandom(into, count, 0) == (ssize_t)count ? 0 : -1; }

int cs_fdatasync(int fd) { return fdatasync(fd); }
int cs_flock(int fd, bool wait) { return flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB); }
int cs_flock_shared(int fd) { return flock(fd, LOCK_SH | LOCK_NB); }
int cs_preallocate(int fd, uint64_t bytes) { return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes); }
int cs_punch_hole(int fd, uint64_t offset, uint64_t length) {
    return fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, (off_t)offset, (off_t)length);
}
int64_t cs_seek_data(int fd, uint64_t offset) { return lseek(fd, (off_t)offset, SEEK_DATA); }
int cs_disk(const char *path, uint64_t *free_bytes, uint64_t *total_bytes) {
    struct statvfs facts;
    if (statvfs(path, &facts) != 0) return -1;
    *free_bytes = (uint64_t)facts.f_bavail * facts.f_frsize;
    *total_bytes = (uint64_t)facts.f_blocks * facts.f_frsize;
    return 0;
}
int64_t cs_file_size(int fd) {
    struct stat facts;
    return fstat(fd, &facts) == 0 ? facts.st_size : -1;
}
int64_t cs_path_size(const char *path, uint64_t *allocated) {
    struct stat facts;
    if (lstat(path, &facts) != 0) return -1;
    *allocated = (uint64_t)facts.st_blocks * 512;
    return facts.st_size;
}
uint32_t cs_crc32c(const uint8_t *bytes, size_t count) {
    // Half a byte at a time: 64 bytes of table, fast enough for records of a few hundred bytes.
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}
int cs_lock_process(int fd) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(fd, F_SETLK, &lock) == 0) return 0;
    if (errno != EAGAIN && errno != EACCES) return -1;
    if (fcntl(fd, F_GETLK, &lock) != 0) return -1;
    return lock.l_type == F_UNLCK ? 1 : (lock.l_pid > 0 ? lock.l_pid : 1);
}
const char *cs_next_name(DIR *directory) {
    struct dirent *entry = readdir(directory);
    return entry ? entry->d_name : NULL;
}
static int remove_in(int parent, const char *name, int depth) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
    if ((errno != EISDIR && errno != EPERM) || depth > 200) return -1;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    DIR *directory = fdopendir(fd);
    if (!directory) return close(fd), -1;
    struct dirent *entry;
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_in(fd, entry->d_name, depth + 1);
    closedir(directory);
    return unlinkat(parent, name, AT_REMOVEDIR);
}
int cs_remove_tree(const char *path) { return remove_in(AT_FDCWD, path, 0); }

static bool is_clean_file(int folder, const char *name) {
    struct stat facts;
    return fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode) && facts.st_size == 0
        && facts.st_nlink == 1 && (facts.st_mode & 07777) == 0600 && facts.st_uid == geteuid();
}
static bool is_clean_sandbox(int fd) {
    struct stat facts;
    if (fstat(fd, &facts) != 0 || (facts.st_mode & 07777) != 0700 || facts.st_uid != geteuid()) return false;
    _Alignas(8) char names[1024];
    int count = 0;
    long got = syscall(SYS_getdents64, fd, names, sizeof names);
    if (got <= 0 || syscall(SYS_getdents64, fd, names + got, sizeof names - (size_t)got) != 0) return false;
    for (long at = 0; at < got; count++) at += *(unsigned short *)(names + at + 16);
    return count == 4 && is_clean_file(fd, "stdout") && is_clean_file(fd, "stderr");
}
int cs_reuse_sandbox(const char *old_path, const char *new_path) {
    int fd = open(old_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    bool clean = is_clean_sandbox(fd);
    close(fd);
    return clean ? renameat2(AT_FDCWD, old_path, AT_FDCWD, new_path, RENAME_NOREPLACE) : -1;
}

static int unix_address(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return errno = ENAMETOOLONG, -1;
    strcpy(address->sun_path, path);
    return 0;
}
int cs_unix_listen(const char *path, int backlog) {
    struct sockaddr_un address;
    if (unix_address(&address, path) != 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    unlink(path);
    mode_t before = umask(0177);
    int failed = bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0;
    umask(before);
    if (failed) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}
int cs_unix_connect(const char *path) {
    struct sockaddr_un address;
    if (unix_address(&address, path) != 0) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}
int cs_loopback_listen(uint16_t *port, int backlog) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    int one = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}
int cs_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }
int cs_peer(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    *pid = peer.pid;
    *uid = peer.uid;
    *gid = peer.gid;
    return 0;
}
// A word of the table: hexadecimal digits up to a sign that is none; -1 when there are none.
static int64_t hex_word(const char **at) {
    int64_t value = -1;
    for (;; (*at)++) {
        char sign = **at;
        int digit = sign >= '0' && sign <= '9' ? sign - '0' : sign >= 'A' && sign <= 'F' ? sign - 'A' + 10 : -1;
        if (digit < 0) return value;
        value = (value < 0 ? 0 : value << 4) | digit;
    }
}
// "  sl: LOCAL:PORT REMOTE:PORT ST TX:RX TR:WHEN RETRANSMIT USER ...": the user of the line whose local end is `local` and
// whose remote end is `remote`; -1 = it is another line.
static int64_t user_of_line(const char *line, const struct sockaddr_in *local, const struct sockaddr_in *remote) {
    const struct sockaddr_in *ends[2] = {local, remote};
    while (*line && *line != ':') line++;
    for (int i = 0; i < 2; i++) {
        line += *line != 0;
        while (*line == ' ') line++;
        if (hex_word(&line) != ends[i]->sin_addr.s_addr || *line++ != ':') return -1;
        if (hex_word(&line) != ntohs(ends[i]->sin_port)) return -1;
    }
    for (int words = 0; words < 4; words++) {
        while (*line == ' ') line++;
        while (*line && *line != ' ') line++;
    }
    while (*line == ' ') line++;
    int64_t user = -1;
    for (; *line >= '0' && *line <= '9'; line++) user = (user < 0 ? 0 : user * 10) + (*line - '0');
    return user;
}
int64_t cs_loopback_peer(int fd) {
    struct sockaddr_in own, peer;
    socklen_t length = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &length) != 0) return -1;
    length = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0) return -1;
    int table = open("/proc/net/tcp", O_RDONLY | O_CLOEXEC);
    if (table < 0) return -1;
    char buffer[4096];
    size_t held = 0;
    int64_t user = -1;
    ssize_t got;
    while (user < 0 && (got = read(table, buffer + held, sizeof buffer - 1 - held)) > 0) {
        held += (size_t)got;
        buffer[held] = 0;
        char *line = buffer;
        for (char *end; user < 0 && (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            user = user_of_line(line, &peer, &own);
        }
        held = (size_t)(buffer + held - line);
        if (held == sizeof buffer - 1) break;
        memmove(buffer, line, held);
    }
    close(table);
    return user;
}
int cs_message_pair(int fds[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds); }
int cs_pipe(int fds[2]) { return pipe2(fds, O_CLOEXEC); }

unsigned cs_cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}
int cs_machine(uint64_t *memory_bytes, uint64_t *free_bytes, uint64_t *load_thousandths) {
    struct sysinfo facts;
    if (sysinfo(&facts) != 0) return -1;
    *memory_bytes = (uint64_t)facts.totalram * facts.mem_unit;
    *free_bytes = (uint64_t)(facts.freeram + facts.bufferram) * facts.mem_unit;
    *load_thousandths = (uint64_t)facts.loads[0] * 1000 / 65536;
    return 0;
}
static struct utsname names;
const char *cs_hostname(void) { return uname(&names) == 0 ? names.nodename : ""; }
const char *cs_kernel(void) { return uname(&names) == 0 ? names.release : ""; }
const char *cs_architecture(void) { return uname(&names) == 0 ? names.machine : ""; }
unsigned cs_page_bytes(void) { return (unsigned)sysconf(_SC_PAGESIZE); }
unsigned cs_clock_ticks(void) { return (unsigned)sysconf(_SC_CLK_TCK); }
