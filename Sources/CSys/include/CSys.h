// System calls that Swift lacks, as plain functions; see the README of this target.
#ifndef CSYS_H
#define CSYS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Process start: arguments as the kernel gave them (Embedded Swift has no CommandLine), environment, error number.
int cs_argc(void);
char **cs_argv(void);
char **cs_environ(void);
int cs_errno(void);
// A short description of an error number, never NULL, in English.
const char *cs_error_text(int error);

// Calls that are variadic or macros in C.
int cs_open(const char *path, int flags, unsigned mode);
int cs_set_nonblocking(int fd, bool on);
int cs_set_cloexec(int fd, bool on);
int cs_is_socket(int fd);

// Time in nanoseconds: 0 wall, 1 steady, 2 steady and counting suspend (the clock of process start times).
uint64_t cs_clock_ns(int which);
void cs_sleep_ns(uint64_t ns);
int cs_get_random(void *into, size_t count);

// Files.
int cs_fdatasync(int fd);
int cs_flock(int fd, bool wait);
// A lock that others may share, without waiting.
int cs_flock_shared(int fd);
int cs_preallocate(int fd, uint64_t bytes);
// Gives the blocks of [offset, offset + length) back; the file's size and offsets stay.
int cs_punch_hole(int fd, uint64_t offset, uint64_t length);
// First offset at or after `offset` that holds data; -1 with ENXIO when there is none.
int64_t cs_seek_data(int fd, uint64_t offset);
int cs_disk(const char *path, uint64_t *free_bytes, uint64_t *total_bytes);
int64_t cs_file_size(int fd);
// Size of allocated blocks of a path in bytes, and its size; -1 when it is not there.
int64_t cs_path_size(const char *path, uint64_t *allocated);
uint32_t cs_crc32c(const uint8_t *bytes, size_t count);
// Takes a write lock that ends with this process (not with its children). 0, or the pid of the holder, or -1.
int cs_lock_process(int fd);
// Names in an open directory, one at a time; NULL at the end.
const char *cs_next_name(DIR *directory);
// Removes a file or a whole tree below `path` without following links.
int cs_remove_tree(const char *path);
// Gives a sandbox in which nothing was left (empty `stdout` and `stderr`, nothing else) a new name: cheaper than making
// one. -1 when it is not so clean, or the name is taken.
int cs_reuse_sandbox(const char *old_path, const char *new_path);

// Sockets.
int cs_unix_listen(const char *path, int backlog);
int cs_unix_connect(const char *path);
// Listens on 127.0.0.1 at *port, or at any free port when that is 0; *port tells which. The socket, or -1 with errno.
int cs_loopback_listen(uint16_t *port, int backlog);
int cs_accept(int fd);
int cs_peer(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid);
int cs_message_pair(int fds[2]);
// The user who holds the other end of a loopback connection, by /proc/net/tcp; -1 when it cannot be told.
int64_t cs_loopback_peer(int fd);
int cs_pipe(int fds[2]);

// Processes and signals.
int32_t cs_fork(void);
int cs_subreaper(bool on);
int cs_set_name(const char *name);
int cs_close_range(unsigned first, unsigned last);
int cs_pidfd_open(int32_t pid);
int cs_eventfd(void);
int cs_memfd(const char *name);
// Sends SIGUSR1 with a number, through a pidfd, or (pidfd -1) by pid.
int cs_send_number(int pidfd, int32_t pid, int32_t number);
int cs_send_signal(int pidfd, int32_t pid, int signal);
void cs_default_signals(void);
void cs_ignore_sigpipe(void);
// What a large answer took goes back to the system when it is freed, and threads share two heaps.
void cs_keep_heap_small(void);
void cs_block_all_signals(void);
void cs_unblock_all_signals(void);
// A handler that does nothing but interrupt a poll; poll with it by cs_poll.
void cs_catch_termination(void);
bool cs_termination_caught(void);
// poll that lets SIGTERM, SIGINT and SIGHUP in; -1 with EINTR then.
int cs_poll(struct pollfd *fds, unsigned count, int64_t timeout_ns);
// Waits for SIGCHLD or SIGUSR1, both blocked before. Returns the signal, or 0 when the time passed.
int cs_wait_signal(int64_t timeout_ns, int32_t *number);
typedef struct {
    int32_t pid;
    int32_t exit_code;  // -1 when a signal ended it
    int32_t signal;     // 0 when it exited
    uint64_t user_ns, system_ns, max_resident_bytes;
} cs_child;
// wait4 with rusage. 1 a child was reaped, 0 none is ready, -1 failure (ECHILD: no children).
int cs_wait_child(bool block, cs_child *child);
// Is this process a child of the caller, alive or not waited for yet.
bool cs_is_child(int32_t pid);
int cs_raise_open_files(uint64_t *before);

// Machine.
unsigned cs_cpu_count(void);
int cs_machine(uint64_t *memory_bytes, uint64_t *free_bytes, uint64_t *load_thousandths);
const char *cs_hostname(void);
const char *cs_kernel(void);
const char *cs_architecture(void);
unsigned cs_page_bytes(void);
unsigned cs_clock_ticks(void);

// Starting a task.
typedef struct {
    char *const *arguments;
    char *const *environment;
    const char *search_path;  // value of PATH for programs without '/'
    const char *sandbox;
    const char *directory;  // NULL: sandbox
    const char *input, *output, *error;  // NULL: inherited fd 0, `stdout`, `stderr` in the sandbox
    const char *group_files[4];  // files into which "0" is written to enter a control group; NULL ends
    uint64_t max_processes, max_open_files;  // 0: as it is
    uint64_t open_files_before;  // soft limit to give back to the task; 0: as it is
    const char *tmp;         // folder that becomes /tmp; NULL: /tmp as it is
    const char *tmp_mirror;  // folder below `tmp` where the sandbox is seen, when it lies in /tmp; or NULL
    bool read_only;          // only sandbox, /tmp and /dev/shm can be written to; needs `tmp`
    const char *uid_map, *gid_map;  // for a namespace of users, which makes the rest possible without root; or NULL
    bool changes_user;       // to these
    uint32_t uid, gid, group_count;
    const uint32_t *groups;
    const char *image;       // folder that is seen, without its submounts, as `root` in `container`; or NULL
    const char *container;   // folder with empty folders `lower`, `scratch` and `root`
    bool is_tool;            // it is a tool that starts the task: the user is changed for opening files alone
} cs_spawn_plan;
typedef struct {
    int32_t pid;
    int32_t step;  // of AgentLaunchStep, 0 when all went well
    int32_t error;
} cs_spawn_result;
// vfork, set up, execve: the new process leads its own session and process group. Returns when it runs or has failed.
void cs_spawn(const cs_spawn_plan *plan, cs_spawn_result *result);

// Starts `program` (looked for in PATH) with these descriptors as 0, 1 and 2 and no other, in a session of its own, with
// the usual signals. 0, or an error number.
int cs_start_child(const char *program, char *const *arguments, char *const *environment, const int fds[3],
                   int32_t *pid);
// Two joined stream sockets that no other program inherits. 0, or -1 with errno.
int cs_stream_pair(int fds[2]);

// Helper threads. Each reads requests from a pipe and answers or works on its own; no Swift code runs on them.
// Sync: reads int32 fd, calls fdatasync, writes int32 error (0 fine). Returns 0 or an error number.
int cs_start_sync_thread(int request_fd, int reply_fd);
// Remove: reads zero-terminated paths of at most 63 bytes in 64-byte records, removes each tree.
int cs_start_remove_thread(int request_fd);

#endif
