# What the scripts share: saying what happens, and installing what is missing. Meant to be sourced by bash.

# The repository's root; every script works from there.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1

# Oldest Swift that the sources compile with.
needed_swift=6.2

# Debian packages for building and running, then those that tests need besides.
build_packages=(git libc6-dev libstdc++-12-dev libncurses-dev libncursesw5-dev libsqlite3-dev libvirt-dev)
test_packages=(busybox-static runc tmux python3 openssh-client openssh-server iproute2 nftables util-linux)
# What a real guest under software emulation needs, for libvirt.test and guest.test of Tests/whole.
guest_packages=(
    libvirt-daemon-system libvirt-clients libvirt-daemon-driver-qemu qemu-system-x86 tini linux-image-cloud-amd64
    dropbear-bin cpio kmod e2fsprogs openssh-client
)

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Builds. Whether a terminal watches must not change the compiler's command line: everything would be built again.
build() { swift build --no-color-diagnostics "$@"; }

# Runs a command as root: itself when we are, through sudo when not.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root is needed for: $* (and there is no sudo); run it as root, then start this script again"
    fi
}

# Installs those of the named Debian packages that are missing. Quick when there are none.
ensure_packages() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "missing: ${missing[*]}; install them with your system's package manager"
    say "installing ${missing[*]}"
    local quiet=(-o DPkg::Lock::Timeout=600 -qq)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" update \
        || say "the package lists could not be refreshed; trying with those that are there"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get "${quiet[@]}" install -y --no-install-recommends \
        "${missing[@]}" >/dev/null || fail "these packages could not be installed: ${missing[*]}"
}

# Checks that there is a Swift that is new enough.
ensure_swift() {
    command -v swift >/dev/null || fail "there is no swift in PATH; install Swift $needed_swift or newer (swift.org/install)"
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "swift --version says nothing that can be read; is the toolchain whole?"
    [ "$(printf '%s\n' "$needed_swift" "$version" | sort -V | head -n 1)" = "$needed_swift" ] \
        || fail "this is Swift $version; $needed_swift or newer is needed (swift.org/install)"
}

# Makes sure that `python3` can import pyte (a terminal's screen, for whole-program tests) and that there is a
# moto_server (an EC2 that costs nothing): those that are there, else our own in .build/python.
ensure_python_tools() {
    local own=$root/.build/python missing=()
    export PATH=$PATH:$own/bin
    python3 -c 'import pyte' 2>/dev/null || missing+=(pyte)
    command -v moto_server >/dev/null || missing+=('moto[server]')
    [ ${#missing[@]} -gt 0 ] || return 0
    export PATH=$own/bin:$PATH
    if "$own/bin/python3" -c 'import pyte, moto' 2>/dev/null; then return 0; fi
    ensure_packages python3-venv
    say "installing pyte and moto into .build/python"
    { python3 -m venv "$own" 2>/dev/null || /usr/bin/python3 -m venv "$own"; } \
        && "$own/bin/python3" -m pip install --quiet --disable-pip-version-check pyte 'moto[server]' \
        || fail "they could not be installed; run: pip install pyte 'moto[server]'"
}

# Seconds since the script started, for people.
elapsed() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }
