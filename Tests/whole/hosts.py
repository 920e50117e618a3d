"""Hosts for whole-program tests: real sshds of this machine on loopback addresses, each with its own host key, home folder
and configuration, and a proxy in front of one that cuts, freezes, slows or resets its connections. Nothing of the user's
own ssh setup is read or written."""
import os
import shutil
import socket
import subprocess
import threading
import time

from harness import Failure, expect, wait

SSHD = "/usr/sbin/sshd"


def skip_without_sshd():
    """Ends the test aloud where there is no sshd."""
    if not os.access(SSHD, os.X_OK) or not shutil.which("ssh"):
        print("  SKIPPED: there is no sshd on this machine (package openssh-server)", flush=True)
        raise SystemExit(0)


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Hosts:
    """A folder with keys and an ssh configuration in which the hosts have names; the core under test is told of it."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.root = f"{cluster.root}/hosts"
        os.mkdir(self.root, 0o700)
        self.key(f"{self.root}/id")
        self.known = f"{self.root}/known_hosts"
        open(self.known, "w").close()
        self.names = {}
        # Hosts that only a relay knows: name of the relay by name.
        self.behind = {}
        self.sshds = {}
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        cluster.environment["BELLOWS_SSH_CONFIG"] = self.config
        self.write()

    @property
    def config(self):
        return f"{self.root}/ssh_config"

    def key(self, path):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, stdin=subprocess.DEVNULL)

    def write(self):
        for place in {None, *self.behind.values()}:
            self.write_config(self.config if place is None else self.config_on(place), place)

    def config_on(self, relay):
        """The ssh configuration that a relay has."""
        return f"{self.root}/{relay}/ssh_config"

    def write_config(self, path, place):
        """Writes the configuration of this machine's ssh, or of a relay's: the hosts that it knows."""
        with open(f"{path}.new", "w") as file:
            file.write(f"""Host *
  User {os.environ.get('USER') or subprocess.check_output(['id', '-un'], text=True).strip()}
  IdentityFile {self.root}/id
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {self.known}
  GlobalKnownHostsFile /dev/null
  KexAlgorithms curve25519-sha256
""")
            for name, (address, port) in self.names.items():
                if self.behind.get(name) == place:
                    file.write(f"Host {name}\n  HostName {address}\n  Port {port}\n")
        os.rename(f"{path}.new", path)

    def add(self, name, address="127.0.0.1", known=True, behind=None, port=None, **settings):
        """Starts a host; `settings` go over the usual lines of its sshd's configuration. One that is `behind` another is
        known to that one only."""
        folder = f"{self.root}/{name}"
        os.makedirs(f"{folder}/home", mode=0o700)
        self.key(f"{folder}/hostkey")
        port = port or free_port(address)
        lines = {
            "Port": port, "ListenAddress": address, "HostKey": f"{folder}/hostkey", "PidFile": f"{folder}/sshd.pid",
            "AuthorizedKeysFile": f"{self.root}/id.pub", "StrictModes": "no", "UsePAM": "no",
            "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no", "UseDNS": "no", "PrintMotd": "no",
            "PrintLastLog": "no", "Subsystem": "sftp internal-sftp", "MaxStartups": "1000:30:2000", "SetEnv": f"HOME={folder}/home HOST_NAME={name} BELLOWS_SSH_CONFIG={self.config_on(name)}",
        }
        if behind:
            self.behind[name] = behind
        lines.update(settings)
        with open(f"{folder}/sshd_config", "w") as file:
            file.writelines(f"{key} {value}\n" for key, value in lines.items())
        self.start(name)
        self.names[name] = (address, port)
        if known:
            self.learn(name)
        self.write()
        return port

    def start(self, name):
        folder = f"{self.root}/{name}"
        self.sshds[name] = subprocess.Popen(
            self.words(name), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=open(f"{folder}/sshd.log", "ab"), env={"PATH": os.environ["PATH"]})
        self.started(name)
        wait(f"sshd of {name} is up", lambda: self.sshds[name].poll() is not None or os.path.exists(f"{folder}/sshd.pid"))
        if self.sshds[name].poll() is not None:
            with open(f"{folder}/sshd.log") as file:
                raise Failure(f"sshd of {name} did not start: {file.read()[-500:]}")

    def words(self, name):
        """The command of a host's sshd, in the foreground."""
        return [SSHD, "-D", "-e", "-f", f"{self.root}/{name}/sshd_config"]

    def started(self, name):
        """What is to be done for a host before its sshd can listen."""

    def stop(self, name):
        """Ends the host's sshd and every connection through it; its agent and tasks live on."""
        process = self.sshds.pop(name)
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True).stdout
        process.kill()
        process.wait()
        for pid in children.split():
            try:
                os.kill(int(pid), 9)
            except ProcessLookupError:
                pass
        try:
            os.unlink(f"{self.root}/{name}/sshd.pid")
        except FileNotFoundError:
            pass

    def learn(self, name):
        """Writes the host's key down as known."""
        address, port = self.names[name]
        with open(f"{self.root}/{name}/hostkey.pub") as file:
            words = file.read().split()
        with open(self.known, "a") as file:
            place = address if port == 22 else f"[{address}]:{port}"
            file.write(f"{place} {words[0]} {words[1]}\n")

    def new_key(self, name):
        """The host gets another key, as after a new installation."""
        self.stop(name)
        for end in ("", ".pub"):
            os.unlink(f"{self.root}/{name}/hostkey{end}")
        self.key(f"{self.root}/{name}/hostkey")
        self.start(name)

    def home(self, name):
        return f"{self.root}/{name}/home"

    def base(self, name):
        return f"{self.home(name)}/.cache/bellows"

    def agent(self, name):
        """The pid of the host's agent, or None."""
        found = []
        for pid in self.cluster.processes():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
                if os.readlink(f"/proc/{pid}/cwd") != f"{self.base(name)}/node" or b"agent-" not in words[0]:
                    continue
                with open(f"/proc/{pid}/stat") as file:
                    found.append((int(file.read().rpartition(")")[2].split()[19]), pid))
            except OSError:
                continue
        lock = f"{self.base(name)}/node/agent.lock"
        try:
            inode = os.stat(lock).st_ino
        except FileNotFoundError:
            return None
        with open("/proc/locks") as file:
            holders = [int(line.split()[4]) for line in file if line.split()[5].endswith(f":{inode}")]
        return next((pid for _, pid in sorted(found) if pid in holders), None)

    def close(self):
        for name in list(self.sshds):
            self.stop(name)


class Proxy:
    """A port in front of another: passes bytes on, and does harm when told to."""

    def __init__(self, address, target):
        self.target = target
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        self.pairs = []
        self.bytes = 0
        self.frozen = threading.Event()
        self.delay = 0.0
        self.refuses = False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if self.refuses:
                self.reset_one(near)
                continue
            try:
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            while True:
                data = one.recv(65536)
                while self.frozen.is_set():
                    time.sleep(0.02)
                if self.delay:
                    time.sleep(self.delay)
                if not data:
                    break
                self.bytes += len(data)
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @staticmethod
    def reset_one(near):
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        near.close()

    def cut(self):
        """Ends every connection in good order."""
        for near, far in self.pairs:
            for end in (near, far):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs = []

    def reset(self):
        """Tears every connection."""
        for near, far in self.pairs:
            self.reset_one(near)
            far.close()
        self.pairs = []

    def close(self):
        self.listener.close()
        self.cut()
