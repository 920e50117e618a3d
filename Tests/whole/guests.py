"""Real machines for whole-program tests: the small guest of guest-image under software emulation, on no network but a few
ports of 127.0.0.1 that lead into it."""
import base64
import os
import shutil
import socket
import subprocess

from harness import Failure, wait
from hosts import free_port


def missing(*programs):
    """Why a guest cannot be made or run here, or an empty text."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for name in ("qemu-system-x86_64", "ssh", "ssh-keygen", "cpio", *programs):
        if not shutil.which(name):
            return f"{name} is not installed"
    if not any(name.endswith("-cloud-amd64") for name in (os.listdir("/lib/modules") if os.path.isdir("/lib/modules") else [])):
        return "there is no cloud kernel (linux-image-cloud-amd64)"
    return ""


def build(folder):
    """Makes the guest's kernel and memory file system in a folder."""
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.run([f"{here}/guest-image", folder], check=True)


class Guest:
    """A machine of its own with a disk for its homes; `ports` lead to 22 (root and bob) and 23 (ada) inside."""

    def __init__(self, folder):
        self.folder = folder
        build(folder)
        for name in ("login", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"], check=True)
        with open(f"{folder}/host") as key, open(f"{folder}/host64", "w") as file:
            file.write(base64.b64encode(key.read().encode()).decode())
        with open(f"{folder}/disk", "wb") as file:
            # Agents forget ended tasks early where less than 256 MiB are free.
            file.truncate(800 << 20)
        subprocess.run(["mkfs.ext4", "-q", f"{folder}/disk"], check=True)
        self.ports = {inner: free_port("127.0.0.1") for inner in (22, 23)}
        self.process = None

    def start(self):
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{port}-:{inner}" for inner, port in self.ports.items())
        words = [
            "qemu-system-x86_64", "-accel", "tcg,tb-size=64", "-m", "320", "-smp", "2", "-nodefaults", "-no-user-config",
            "-display", "none", "-serial", f"file:{self.folder}/console", "-kernel", f"{self.folder}/vmlinuz",
            "-initrd", f"{self.folder}/initrd", "-append", "console=ttyS0 quiet panic=-1",
            "-netdev", f"user,id=net,restrict=on{forwards}", "-device", "virtio-net-pci,netdev=net",
            "-device", "virtio-rng-pci", "-drive", f"file={self.folder}/disk,format=raw,if=virtio",
            "-fw_cfg", "name=opt/bellows/hostname,string=guest", "-fw_cfg", "name=opt/bellows/lease_seconds,string=0",
            "-fw_cfg", f"name=opt/bellows/authorized_keys,file={self.folder}/login.pub",
            "-fw_cfg", f"name=opt/bellows/host_key,file={self.folder}/host64",
        ]
        with open(f"{self.folder}/qemu.log", "wb") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_up()

    def wait_up(self):
        """Waits until a login gets an answer."""
        def answers():
            if self.process.poll() is not None:
                with open(f"{self.folder}/qemu.log") as file:
                    raise Failure(f"the guest ended: {file.read()[-500:]}")
            try:
                with socket.create_connection(("127.0.0.1", self.ports[22]), 1) as probe:
                    probe.settimeout(1)
                    return probe.recv(4) == b"SSH-"
            except OSError:
                return False
        wait("the guest answers", answers)

    def configure(self, path, hosts):
        """Writes an ssh configuration with names for logins: name -> (user, port of 127.0.0.1)."""
        with open(f"{self.folder}/host.pub") as key, open(f"{self.folder}/known", "w") as file:
            file.write(f"guest {' '.join(key.read().split()[:2])}\n")
        with open(path, "w") as file:
            for name, (user, port) in hosts.items():
                file.write(f"Host {name}\n  User {user}\n  Port {port}\n")
            file.write(f"Host *\n  HostName 127.0.0.1\n  HostKeyAlias guest\n  IdentityFile {self.folder}/login\n"
                       f"  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {self.folder}/known\n"
                       f"  GlobalKnownHostsFile /dev/null\n  KexAlgorithms curve25519-sha256\n")
        self.configuration = path

    def sh(self, script, host="vm"):
        """Runs a script as the user of one of the configured logins, and answers what it said."""
        done = subprocess.run(["ssh", "-F", self.configuration, "-o", "BatchMode=yes", "-o", "ConnectTimeout=3",
                               "-o", "ServerAliveInterval=3", host, script],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return done.stdout

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
