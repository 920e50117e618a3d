"""Messages of the wire made at random by the project's own descriptions of them: every field of every call comes up,
with values at the edges of its type, as JSON and as protobuf. Ids are mostly those of things that exist."""
import base64
import glob
import json
import re
import struct

from harness import ROOT

WHOLE = {"int32": 32, "int64": 64, "uint32": 32, "uint64": 64}
TEXTS = ["", "*", "web", "a/../b", "/", ".", "..", "a b", "-x", "\0", "\u20ac\U0001f600", "x" * 300, "x" * 5000,
         "cpus", "mem", "disk", "ports", "gpus", "0", "18446744073709551615", "true", "/tmp", "../../etc/passwd",
         "[31000-32000]", "{", "HOSTNAME"]
REALS = [0.0, -0.0, 0.001, 0.5, 1.0, 2.0, 64.0, 1e-300, 1e9, 9e15, 1e19, 1e300, -1.0, -1e300]
# Only protobuf can say these.
ODD = [float("inf"), float("-inf"), float("nan")]


class Forms:
    """The messages and enumerations of Sources/SchedulerWire/Protocol."""

    def __init__(self):
        self.messages, self.enums = {}, {}
        for path in glob.glob(f"{ROOT}/Sources/SchedulerWire/Protocol/*.proto"):
            with open(path) as file:
                self.read(re.sub(r"//[^\n]*", "", file.read()))

    def read(self, text):
        path = []
        field = re.compile(r"(?:(required|optional|repeated) )?(map<\w+, *[\w.]+>|[\w.]+) (\w+) = (\d+)")
        for line in re.split(r"[\n;]", text.replace("{", "{\n").replace("}", "\n}\n")):
            line = line.strip()
            opened = re.match(r"(message|enum|oneof) (\w+) \{", line)
            if opened:
                path.append((opened[1], opened[2]))
                if opened[1] != "oneof":
                    kept = self.messages if opened[1] == "message" else self.enums
                    kept[self.name(path)] = []
            elif line == "}":
                path.pop()
            elif path and path[-1][0] == "enum" and (value := re.match(r"(\w+) = (-?\d+)", line)):
                self.enums[self.name(path)].append((value[1], int(value[2])))
            elif path and (found := field.match(line)):
                self.messages[self.name(path)].append((found[1] or "one", found[2], found[3], int(found[4])))

    @staticmethod
    def name(path):
        return ".".join(name for kind, name in path if kind != "oneof")

    def full(self, name):
        return name.removeprefix(".bellows.wire.")


class Maker:
    """Makes messages. `ids` answers texts of things that exist by the name of their type, such as AgentID."""

    def __init__(self, forms, chance, ids):
        self.forms, self.chance, self.ids, self.role = forms, chance, ids, "web"

    def call(self, kind, form, given):
        """A call of a kind, with what belongs to it, and now and then with what does not."""
        fields = {name: (label, type, number) for label, type, name, number in self.forms.messages[form]}
        tree = {**given, "type": kind}
        label, type, _ = fields.get(kind.lower(), (None, None, None))
        if type and self.chance.random() < 0.98:
            tree[kind.lower()] = self.value(label, type, kind.lower(), 0)
        return tree

    def message(self, name, depth):
        chance = self.chance
        if name in ("Resource", "Value.Scalar") and chance.random() < 0.7:
            return self.resource() if name == "Resource" else {"value": chance.choice([0.0, 0.001, 0.1, 1.0, 32.0])}
        if name == "TaskInfo" and chance.random() < 0.7:
            return self.task(depth)
        fields = self.forms.messages[name]
        kinds = [word for _, type, field, _ in fields if field == "type"
                 for word, _ in self.forms.enums.get(self.forms.full(type), [])]
        parts = {field.upper(): (label, type, field) for label, type, field, _ in fields}
        known = [word for word in kinds if word in parts]
        some = max(0.05, 0.5 - 0.1 * depth) if len(fields) < 8 else max(0.03, 0.3 - 0.06 * depth)
        if known and chance.random() < 0.9:
            # Which of its parts such a message has is said by its kind.
            kind = chance.choice(known + ["LAUNCH"] * 5 * ("LAUNCH" in known))
            return {"type": kind, parts[kind][2]: self.value(*parts[kind], depth + 1)}
        tree = {}
        for label, type, field, _ in fields:
            if chance.random() < (0.98 if label == "required" else 0.9 if depth < 5 and label == "repeated" else some):
                tree[field] = self.value(label, type, field, depth + 1)
        return tree

    def task(self, depth):
        """A task that could be launched, but for one field of it."""
        tree = {"name": "t", "task_id": self.value("one", "TaskID", "task_id", depth),
                "agent_id": self.value("one", "AgentID", "agent_id", depth), "command": {"value": "true"},
                "resources": [{"name": name, "type": "SCALAR", "scalar": {"value": value}}
                              for name, value in (("cpus", 0.1), ("mem", 32.0))]}
        if self.chance.random() < 0.8:
            label, type, field, _ = self.chance.choice(self.forms.messages["TaskInfo"])
            tree[field] = self.value(label, type, field, depth)
        return tree

    def resource(self):
        chance = self.chance
        name = chance.choice(["cpus", "mem", "disk", "ports"] * 4 + ["gpus", "odd"])
        if name == "ports":
            first = chance.choice([0, 1, 31000, 31005, 65535, 1 << 40, (1 << 64) - 1])
            last = chance.choice([first, min(first + 10, (1 << 64) - 1), 0, (1 << 64) - 1])
            tree = {"name": name, "type": "RANGES", "ranges": {"range": [{"begin": first, "end": last}]}}
        else:
            tree = {"name": name, "type": "SCALAR", "scalar": {"value": chance.choice([0.1, 1.0, 32.0] * 9 + REALS)}}
        if chance.random() < 0.3:
            role = chance.choice([self.role, self.role + "/a", "*"])
            tree["reservations"] = [{"type": "DYNAMIC", "role": role, "principal": "p"}]
            if name == "disk" and chance.random() < 0.7:
                tree["disk"] = {"persistence": {"id": chance.choice(["v", "w"])},
                                "volume": {"container_path": "d", "mode": "RW"}}
        if chance.random() < 0.3:
            tree["allocation_info"] = {"role": self.role}
        if chance.random() < 0.05:
            tree["shared"] = {}
        return tree

    def value(self, label, type, field, depth):
        chance = self.chance
        if type.startswith("map<"):
            of = re.match(r"map<\w+, *([\w.]+)>", type)[1]
            return {chance.choice(TEXTS): self.value("one", of, field, depth + 1) for _ in range(chance.randint(0, 2))}
        if label == "repeated":
            # Several offers are of one agent seldom, and then the call is refused.
            count = chance.choice([0, 1, 1, 1, 1, 2, 3] + [1] * 20 * (type == "OfferID"))
            return [self.value("one", type, field, depth + 1) for _ in range(count)]
        name = self.forms.full(type)
        if name in self.forms.enums:
            return chance.choice(self.forms.enums[name])[0]
        if name in self.forms.messages:
            if depth > 9:
                return {}
            known = self.ids(name)
            if known and chance.random() < 0.95:
                return {"value": chance.choice(known)}
            if known and chance.random() < 0.8:
                # Beside one that exists: numbers that are too large, other marks, other lengths.
                head = re.sub(r"\d+$", "", chance.choice(known))
                ends = ["", "0", "0000", "999", "4294967295", "4294967296", *("9" * n for n in (19, 20, 40)), "-1", "S1"]
                return {"value": head + chance.choice(ends)}
            return self.message(name, depth)
        if name == "string":
            if field in ("role", "roles") and chance.random() < 0.8:
                return self.role
            return chance.choice(["t", "p", *TEXTS])
        if name == "bytes":
            return chance.randbytes(chance.choice([0, 1, 16, 16, 16, 16, 17, 3000]))
        if name == "bool":
            return chance.random() < 0.5
        if name in ("double", "float"):
            return chance.choice(REALS + ODD) if chance.random() < 0.5 else chance.random() * 4
        bits = WHOLE[name]
        low, high = (0, (1 << bits) - 1) if name[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)
        return chance.choice([low, high, 0, 1, 2, 5, max(low, -1), min(high, 1 << 31), min(high, 10 ** 18)])

    # What goes over the wire.

    def json(self, tree):
        """The call in JSON; what JSON cannot say is left out."""
        def plain(value):
            if isinstance(value, dict):
                return {key: plain(one) for key, one in value.items()
                        if not (isinstance(one, float) and (one != one or one in ODD))}
            if isinstance(value, list):
                return [plain(one) for one in value]
            return base64.b64encode(value).decode() if isinstance(value, bytes) else value
        return json.dumps(plain(tree)).encode()

    def binary(self, form, tree):
        out = b""
        for label, type, field, number in self.forms.messages[self.forms.full(form)]:
            if field not in tree:
                continue
            if type.startswith("map<"):
                of = re.match(r"map<\w+, *([\w.]+)>", type)[1]
                for key, one in tree[field].items():
                    inner = self.part("string", 1, key) + self.part(of, 2, one)
                    out += varint(number << 3 | 2) + varint(len(inner)) + inner
            else:
                for one in tree[field] if label == "repeated" else [tree[field]]:
                    out += self.part(type, number, one)
        return out

    def part(self, type, number, value):
        name = self.forms.full(type)
        if name in self.forms.messages or name in ("string", "bytes"):
            inner = (self.binary(name, value) if name in self.forms.messages
                     else value if name == "bytes" else value.encode())
            return varint(number << 3 | 2) + varint(len(inner)) + inner
        if name in ("double", "float"):
            wide = name == "double"
            return varint(number << 3 | (1 if wide else 5)) + struct.pack("<d" if wide else "<f", value)
        if name in self.forms.enums:
            value = dict(self.forms.enums[name])[value]
        return varint(number << 3) + varint(int(value) & (1 << 64) - 1)


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])
