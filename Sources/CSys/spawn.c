// From vfork to execve. The child shares memory with its parent, which stands still until then: it may write to its
// own frame and to `result`, and must neither allocate nor return.
#define _GNU_SOURCE 1
#include "CSys.h"
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

extern char **environ;

static int place(int target, const char *path, int flags) {
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY, 0600);  // a FIFO without a peer must not hold the start up
    if (fd < 0) return -1;
    fcntl(fd, F_SETFL, flags & O_APPEND);
    if (fd == target) return 0;
    if (dup2(fd, target) < 0) return -1;
    return close(fd);
}

static int limit(int which, uint64_t value) {
    struct rlimit now;
    if (getrlimit(which, &now) != 0) return -1;
    now.rlim_cur = value;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value) now.rlim_cur = now.rlim_max;
    return setrlimit(which, &now);
}

static int enter_groups(const cs_spawn_plan *plan) {
    for (int i = 0; i < 4 && plan->group_files[i]; i++) {
        int fd = open(plan->group_files[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0) return -1;
        ssize_t written = write(fd, "0", 1);
        close(fd);
        if (written != 1) return -1;
    }
    return 0;
}

static int put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t written = write(fd, text, strlen(text));
    close(fd);
    return written < 0 ? -1 : 0;
}

// mount_setattr of Linux 5.12, which not every libc has: what lies at and below `path` may be written to or not.
static int set_read_only(const char *path, bool is_read_only) {
    const uint64_t read_only = 1;
    struct { uint64_t set, clear, propagation, user_namespace; } change = {0, 0, 0, 0};
    if (is_read_only) change.set = read_only;
    else change.clear = read_only;
    const long number = 442;  // the same on all architectures
    return (int)syscall(number, AT_FDCWD, path, 0x8000 /* AT_RECURSIVE */, &change, sizeof change);
}

// A mount namespace of the task's own. Paths of the sandbox start at the agent's folder, where this process still is.
static int make_view(const cs_spawn_plan *plan) {
    if (unshare(CLONE_NEWNS | (plan->uid_map ? CLONE_NEWUSER : 0)) != 0) return -1;
    if (plan->uid_map) {
        if (put("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) return -1;
        if (put("/proc/self/uid_map", plan->uid_map) != 0 || put("/proc/self/gid_map", plan->gid_map) != 0) return -1;
    }
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    if (mount(plan->sandbox, plan->sandbox, NULL, MS_BIND, NULL) != 0) return -1;
    if (plan->tmp_mirror && mount(plan->sandbox, plan->tmp_mirror, NULL, MS_BIND, NULL) != 0) return -1;
    if (plan->read_only) {
        if (set_read_only("/", true) != 0 || set_read_only(plan->sandbox, false) != 0) return -1;
        if (set_read_only("/dev/shm", false) != 0 && errno != ENOENT && errno != EINVAL) return -1;
    }
    if (mount(plan->tmp, "/tmp", NULL, MS_BIND | MS_REC, NULL) != 0) return -1;
    return plan->read_only ? set_read_only("/tmp", false) : 0;
}

// A root for a container in a mount namespace of this process, which goes with it. What is mounted below needs folders
// to be mounted on: they are made in a file system of their own, so that the image stays as it is, for many to share.
static int make_root(const cs_spawn_plan *plan) {
    if (unshare(CLONE_NEWNS) != 0) return -1;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || chdir(plan->container) != 0) return -1;
    if (mount(plan->image, "lower", NULL, MS_BIND, NULL) != 0) return -1;
    if (mount(NULL, "lower", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0) return -1;
    if (mount("tmpfs", "scratch", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") != 0) return -1;
    if (mkdir("scratch/upper", 0755) != 0 || mkdir("scratch/work", 0755) != 0) return -1;
    const char *layers = "lowerdir=lower,upperdir=scratch/upper,workdir=scratch/work";
    if (mount("overlay", "root", "overlay", 0, layers) != 0 || fchdir(here) != 0) return -1;
    return close(here);
}

// By the kernel's own calls: those of libc would tell threads that are not there.
static int become_user(const cs_spawn_plan *plan) {
    if (syscall(SYS_setgroups, plan->group_count, plan->groups) != 0) return -1;
    if (plan->is_tool) {
        if (syscall(SYS_setresgid, -1, plan->gid, -1) != 0) return -1;
        return (int)syscall(SYS_setresuid, -1, plan->uid, -1);
    }
    if (syscall(SYS_setresgid, plan->gid, plan->gid, plan->gid) != 0) return -1;
    return (int)syscall(SYS_setresuid, plan->uid, plan->uid, plan->uid);
}

static int become_root_again(void) {
    if (syscall(SYS_setresuid, -1, 0, -1) != 0 || syscall(SYS_setresgid, -1, 0, -1) != 0) return -1;
    return (int)syscall(SYS_setgroups, 0, NULL);
}

static void execute(const cs_spawn_plan *plan, char *buffer) {
    const char *program = plan->arguments[0];
    if (strchr(program, '/')) {
        execve(program, plan->arguments, plan->environment);
        return;
    }
    size_t length = strlen(program);
    int seen = ENOENT;
    for (const char *part = plan->search_path; part;) {
        const char *end = strchr(part, ':');
        size_t count = end ? (size_t)(end - part) : strlen(part);
        if (count + length + 2 <= PATH_MAX) {
            memcpy(buffer, part, count);
            if (count == 0) buffer[count++] = '.';
            buffer[count] = '/';
            memcpy(buffer + count + 1, program, length + 1);
            execve(buffer, plan->arguments, plan->environment);
            if (errno == EACCES) seen = EACCES;
            else if (errno != ENOENT && errno != ENOTDIR) return;
        }
        part = end ? end + 1 : NULL;
    }
    errno = seen;
}

// Numbers of AgentLaunchStep.
enum { fork_step = 3, sandbox_step = 4, input_step = 6, output_step = 7, error_step = 8, directory_step = 9,
       limits_step = 10, group_step = 11, execute_step = 12, user_step = 14, view_step = 15,
       image_step = 16 };

static int prepare(const cs_spawn_plan *plan) {
    setsid();
    if (plan->group_files[0] && enter_groups(plan) != 0) return group_step;
    uint64_t files = plan->max_open_files ? plan->max_open_files : plan->open_files_before;
    if (files && limit(RLIMIT_NOFILE, files) != 0) return limits_step;
    if (plan->max_processes && limit(RLIMIT_NPROC, plan->max_processes) != 0) return limits_step;
    if (plan->tmp && make_view(plan) != 0) return view_step;
    if (plan->image && make_root(plan) != 0) return image_step;
    if (chdir(plan->sandbox) != 0) return sandbox_step;
    const int append = O_WRONLY | O_CREAT | O_APPEND;
    if (!plan->output && place(1, "stdout", append) != 0) return output_step;
    if (!plan->error && place(2, "stderr", append) != 0) return error_step;
    // What the submitter named is opened as the user that the task runs as.
    if (plan->changes_user && become_user(plan) != 0) return user_step;
    if (plan->directory && chdir(plan->directory) != 0) return directory_step;
    if (plan->input && place(0, plan->input, O_RDONLY) != 0) return input_step;
    if (plan->output && place(1, plan->output, append) != 0) return output_step;
    if (plan->error && place(2, plan->error, append) != 0) return error_step;
    if (plan->changes_user && plan->is_tool && become_root_again() != 0) return user_step;
    return 0;
}

__attribute__((noinline)) void cs_spawn(const cs_spawn_plan *plan, cs_spawn_result *result) {
    char buffer[PATH_MAX + 1];
    volatile int step = fork_step, error = 0;
    pid_t pid = vfork();
    if (pid == 0) {
        step = prepare(plan);
        if (step == 0) {
            sigset_t none;
            sigemptyset(&none);
            sigprocmask(SIG_SETMASK, &none, NULL);
            execute(plan, buffer);
            step = execute_step;
        }
        error = errno;
        _exit(127);
    }
    result->pid = pid;
    if (pid < 0) error = errno;
    result->step = step;
    result->error = error;
    if (pid > 0 && step != 0) {
        int status;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        result->pid = 0;
    }
}
