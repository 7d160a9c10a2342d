"""What the panel asks of an adopted machine; one JSON question on standard input, one JSON answer.

Volumes here are plain directories: their sizes are remembered and measured, not enforced. Which they
are stands in /var/lib/tsukasa/volumes.json, so that removal never depends on what lies around.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

REGISTER = "/var/lib/tsukasa/volumes.json"


def main():
    question = json.load(sys.stdin)
    answer = VERBS[question.pop("verb")](**question)
    json.dump(answer, sys.stdout)


def state():
    with open("/proc/stat") as file:
        ticks = [int(each) for each in file.readline().split()[1:]]
    figures = memory()
    disk = os.statvfs("/")
    busy = sum(ticks[:3]) + sum(ticks[5:8])
    return {
        "cpuMs": busy * 1000 // os.sysconf("SC_CLK_TCK"),
        "cores": os.cpu_count(),
        "memoryUsedBytes": figures["MemTotal"] - figures["MemAvailable"],
        "memoryLimitBytes": figures["MemTotal"],
        "diskUsedBytes": (disk.f_blocks - disk.f_bfree) * disk.f_frsize,
        "diskLimitBytes": disk.f_blocks * disk.f_frsize,
        "processes": sum(1 for each in os.listdir("/proc") if each.isdigit()),
        "addresses": addresses(),
    }


def memory():
    """Not sysconf: where the machine is somebody's container, that tells of all that its host has."""
    figures = {}
    with open("/proc/meminfo") as file:
        for line in file:
            name, value = line.split(":")
            figures[name] = int(value.split()[0]) * 1024
    return figures


def addresses():
    shown = subprocess.run(
        ["ip", "-json", "address", "show", "scope", "global"], capture_output=True, check=True, timeout=10
    )
    return [each["local"] for card in json.loads(shown.stdout) for each in card.get("addr_info", [])]


def inspect(programs):
    release = {}
    with open("/etc/os-release") as file:
        for line in file:
            name, _, value = line.strip().partition("=")
            release[name] = value.strip('"')
    place = "/data" if os.path.isdir("/data") else "/"
    disk = os.statvfs(place)
    return {
        "uid": os.getuid(),
        "system": release.get("ID", ""),
        "version": release.get("VERSION_ID", ""),
        "title": release.get("PRETTY_NAME", ""),
        "cores": os.cpu_count(),
        "memoryBytes": memory()["MemTotal"],
        "diskBytes": disk.f_blocks * disk.f_frsize,
        "hasSystemd": os.path.isdir("/run/systemd/system"),
        "isUsed": is_used(),
        "missing": [path for path in programs if not os.path.exists(path)],
    }


def is_used():
    """By a server of an earlier life, or of another panel's: mail and logs of its people may still lie anywhere."""
    return any(os.path.isdir(path) and os.listdir(path) for path in ("/data/domain", os.path.dirname(REGISTER)))


def restart():
    subprocess.run(["systemctl", "--no-block", "reboot"], check=True, timeout=10)
    return {}


def ensure(volumes):
    known = load()
    changes = {"created": [], "attached": [], "resized": []}
    for volume in volumes:
        name, path, size = volume["name"], volume["path"], volume["sizeMb"] * 1024 * 1024
        there = known.get(name)
        if there and there["path"] != path:
            raise SystemExit(f"volume {name} lies at {there['path']}")
        if not os.path.isdir(path):
            os.makedirs(path, 0o755)
            changes["created"].append(name)
        if not there:
            changes["attached"].append(name)
        elif there["sizeBytes"] != size:
            changes["resized"].append(name)
        known[name] = {"path": path, "sizeBytes": size}
    save(known)
    return changes


def remove(names):
    known = load()
    for name in names:
        volume = known.get(name)
        if volume and os.path.isdir(volume["path"]):
            # Doesn't follow links, so a customer's files can't lead it elsewhere.
            assert shutil.rmtree.avoids_symlink_attacks
            shutil.rmtree(volume["path"])
        known.pop(name, None)
    save(known)
    return {}


def usages():
    known = {name: volume for name, volume in load().items() if os.path.isdir(volume["path"])}
    return {
        name: {"usedBytes": used(volume["path"]), "sizeBytes": volume["sizeBytes"]} for name, volume in known.items()
    }


def used(path):
    shown = subprocess.run(["du", "-sxB1", "--", path], capture_output=True, timeout=50)
    return int(shown.stdout.split()[0])


def load():
    try:
        with open(REGISTER) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(known):
    os.makedirs(os.path.dirname(REGISTER), 0o755, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(REGISTER), delete=False) as file:
        json.dump(known, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(file.name, REGISTER)


VERBS = {"state": state, "inspect": inspect, "restart": restart, "ensure": ensure, "remove": remove, "usages": usages}

main()
